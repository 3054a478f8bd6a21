/** What is done with an answer while its body is read. */
export interface BodyWatch {
  /** Told of each piece; what it throws ends the body with that. */
  piece?(piece: Uint8Array): void;
  /** Told once: there is no body, it was read to its end, given up, or broke. */
  over(): void;
}

/** The same answer, its body watched. */
export function watchedBody(response: Response, watch: BodyWatch): Response {
  if (response.body === null) {
    watch.over();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const piece = await reader.read();
        if (piece.done) {
          watch.over();
          controller.close();
          return;
        }
        watch.piece?.(piece.value);
        controller.enqueue(piece.value);
      } catch (thrown) {
        watch.over();
        void reader.cancel().catch(() => undefined);
        controller.error(thrown);
      }
    },
    cancel(reason) {
      watch.over();
      return reader.cancel(reason);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
