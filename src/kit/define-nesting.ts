import type { Static, TObject } from 'typebox';
import { defineError } from '#base/errors.ts';
import type { Nesting } from '#model/component.ts';
import { withDefaults } from '#model/settings.ts';
import { type AnyComponent, type Declaration, defineComponent } from './define-component.ts';
import type { Ports } from './ports.ts';

const notExpanded = defineError(
  'KIT_NOT_EXPANDED',
  'bug',
  'A node that stands for other nodes was to run by itself; designs are expanded before they run.',
);

type Nested<S extends TObject, P extends Ports> = Omit<Declaration<S, P, undefined>, 'contract' | 'run'> & {
  /** What a node with these settings stands for. */
  readonly nesting: (settings: Static<S>) => Nesting;
  /** The kinds of processes that its expansion puts around. */
  readonly parts: readonly AnyComponent[];
};

/**
 * Declares a kind whose nodes stand for other nodes (D10). What such a node may do, and does, is what those nodes may do and do: the
 * contract of a node is the composition of theirs, so there is none to be written here.
 */
export function defineNesting<S extends TObject, P extends Ports>(declared: Nested<S, P>): AnyComponent {
  const { nesting, parts, settings, ...words } = declared;
  const component = defineComponent({
    ...words,
    settings,
    contract: '-- The contract of a node is the composition of those of the nodes it stands for.',
    // biome-ignore lint/correctness/useYield: it never runs.
    *run() {
      throw notExpanded();
    },
  });
  return {
    ...component,
    spec: { ...component.spec, nests: true },
    nesting: (given) => nesting(withDefaults({ settings }, given) as Static<S>),
    parts,
  };
}
