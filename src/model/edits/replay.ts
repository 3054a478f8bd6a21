import type { ComponentSpec, Kinds, PortSpec } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { replay } from './apply.ts';
import type { Edit, Refusal } from './edit.ts';

/** What a line of a log must have to be done again. */
export interface Line {
  readonly rev: number;
  readonly edits: readonly Edit[];
}

/** The design after the last line, or the first line that cannot be done to what the lines before it led to. */
export type Replayed =
  | { readonly ok: true; readonly design: DesignBody }
  | { readonly ok: false; readonly rev: number; readonly refusal: Refusal };

/**
 * R12  Does lines of a log again. The catalogue of today is not asked whether it would allow them: a kind that has gone, and one whose
 * settings or ports have changed, are taken as they were used. Only the default of a setting is asked for, where a text or list was
 * edited that had not been set.
 */
export class Replay {
  readonly #kinds: UsedKinds;
  #design: DesignBody;

  constructor(start: DesignBody, today: Kinds) {
    this.#design = start;
    this.#kinds = new UsedKinds(start, today);
  }

  /** The design as far as it has come. */
  get design(): DesignBody {
    return this.#design;
  }

  /** Does one line; when that cannot be, the design stays as it was. */
  line({ rev, edits }: Line): Replayed {
    this.#kinds.use(this.#design, edits);
    const done = replay(this.#design, edits, this.#kinds);
    if (!done.ok) return { ok: false, rev, refusal: done.refusal };
    this.#design = done.design;
    return { ok: true, design: done.design };
  }
}

/** The kinds as a log uses them: every kind has every port, in the direction in which it was last connected. */
class UsedKinds implements Kinds {
  readonly #today: Kinds;
  readonly #kindOf = new Map<string, string>();
  readonly #outs = new Set<string>();
  readonly #specs = new Map<string, ComponentSpec>();

  constructor({ nodes, connections }: DesignBody, today: Kinds) {
    this.#today = today;
    for (const { id, kind } of Object.values(nodes)) this.#kindOf.set(id, kind);
    for (const { from, to } of Object.values(connections)) this.#ends({ from, to });
  }

  get(kind: string): ComponentSpec {
    const spec = this.#specs.get(kind) ?? this.#specOf(kind);
    this.#specs.set(kind, spec);
    return spec;
  }

  #specOf(kind: string): ComponentSpec {
    const known = this.#today.get(kind);
    return {
      ...(known ?? unknown),
      kind,
      version: Number.POSITIVE_INFINITY,
      settings: { properties: defaultsOf(known) } as ComponentSpec['settings'],
      ports: new Proxy({} as Record<string, PortSpec>, {
        get: (_, name) => this.#port(kind, String(name)),
        getOwnPropertyDescriptor: (_, name) => ({
          value: this.#port(kind, String(name)),
          configurable: true,
          enumerable: true,
          writable: true,
        }),
      }),
    };
  }

  /** Learns from edits that are about to be done. */
  use({ connections }: DesignBody, edits: readonly Edit[]): void {
    for (const [number, edit] of edits.entries()) {
      if (edit.do === 'node.add') this.#kindOf.set(edit.node.id, edit.node.kind);
      if (edit.do === 'connect') this.#ends(edit.connection);
      if (edit.do === 'connection.rewire') this.#ends(edit);
      if (edit.do !== 'node.kind') continue;
      // What it keeps of connections fits the new kind; those that went are taken away by edits before this one (E19).
      this.#kindOf.set(edit.id, edit.kind);
      const kept = [
        ...Object.values(connections),
        ...edits.slice(0, number).flatMap((one) => (one.do === 'connect' ? one.connection : [])),
      ];
      for (const { from, to } of kept) {
        if (from.node === edit.id) this.#ends({ from });
        if (to.node === edit.id) this.#ends({ to });
      }
    }
  }

  #ends({ from, to }: { readonly from?: PlainEnd | undefined; readonly to?: PlainEnd | undefined }): void {
    if (from !== undefined) this.#outs.add(`${this.#kindOf.get(from.node)}.${from.port}`);
    if (to !== undefined) this.#outs.delete(`${this.#kindOf.get(to.node)}.${to.port}`);
  }

  #port(kind: string, name: string): PortSpec {
    return { ...anyPort, direction: this.#outs.has(`${kind}.${name}`) ? 'out' : 'in' };
  }
}

interface PlainEnd {
  readonly node: string;
  readonly port: string;
}

const anyPort = { protocol: 'data', many: true, optional: true, description: '', schema: {} } as const;

const unknown = { title: '', icon: '', summary: '', contract: '', examples: [] };

function defaultsOf(spec: ComponentSpec | undefined): Record<string, { default?: unknown }> {
  const { properties = {} } = (spec?.settings ?? {}) as { properties?: Record<string, { default?: unknown }> };
  const given = Object.entries(properties).filter(([, property]) => property.default !== undefined);
  return Object.fromEntries(given.map(([name, property]) => [name, { default: property.default }]));
}
