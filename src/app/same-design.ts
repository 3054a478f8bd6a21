import { defineError } from '#base/errors.ts';
import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { readDesignText, writeDesignText } from '#model/design-text.ts';

const otherDesign = defineError(
  'APP_RECORDING_OTHER_DESIGN',
  'input',
  'The recording is of another design, or of another version of this one: its nodes, settings or connections differ.',
);

/** The design of a canonical text. Nodes start in its order, so a recording and its replay both run what was read from it. */
export function designOfText(text: string, kinds: Kinds): DesignBody {
  const read = readDesignText(text, kinds);
  if (!read.ok) throw otherDesign({ detail: `The design in the recording cannot be read: ${read.fault.message}.` });
  return read.design;
}

/** Throws APP_RECORDING_OTHER_DESIGN unless both run alike; where a box stands and what it is called makes no difference. */
export function refuseOtherDesign(recorded: string, body: DesignBody, kinds: Kinds): void {
  const wanted = designOfText(writeDesignText(body), kinds);
  if (behaviour(designOfText(recorded, kinds)) !== behaviour(wanted)) throw otherDesign();
}

function behaviour({ nodes, connections }: DesignBody): string {
  const bare = Object.values(nodes).map(({ label: _label, ...node }) => node);
  const wires = Object.values(connections).map(({ id, from, to, capacity, policy }) => [id, from, to, capacity, policy]);
  return JSON.stringify([bare, wires]);
}
