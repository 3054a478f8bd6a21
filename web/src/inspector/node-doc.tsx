import type { ComponentSpec } from '#model/component.ts';

/** The words about a component kind: what it does, what its contract allows, examples. */
export function NodeDoc({ spec }: { readonly spec: ComponentSpec }) {
  return (
    <div className="stack">
      <p>{spec.summary}</p>
      <section>
        <h3 className="label">Contract</h3>
        <pre className="code">{outdented(spec.contract)}</pre>
        <p className="small quiet">What it may do, as a CSP process over its ports. The checks compose these.</p>
      </section>
      {spec.examples.length > 0 && (
        <section>
          <h3 className="label">Examples</h3>
          {spec.examples.map((example) => (
            <figure key={example.says} className="example">
              <figcaption>{example.says}</figcaption>
              {example.settings !== undefined && <Rows word="settings" rows={{ '': example.settings }} />}
              <Rows word="given" rows={example.given} />
              <Rows word="gives" rows={example.gives} />
            </figure>
          ))}
        </section>
      )}
    </div>
  );
}

function Rows({ word, rows }: { readonly word: string; readonly rows: Readonly<Record<string, unknown>> }) {
  return Object.entries(rows).map(([port, value]) => (
    <p key={port} className="example-row">
      <span className="quiet">
        {word} {port}
      </span>
      <code>{JSON.stringify(value)}</code>
    </p>
  ));
}

function outdented(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent)).join('\n');
}
