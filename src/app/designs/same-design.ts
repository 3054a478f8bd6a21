import { defineError } from '#base/errors.ts';
import type { Kinds } from '#model/component.ts';
import type { DesignBody } from '#model/design.ts';
import { readDesignText, writeDesignText } from '#model/design-text.ts';
import { type Expansion, expandWhole, type FlatDesign, type WholeDesign } from '#model/expand.ts';
import type { RecordingHeader } from '#runtime/replay/recording.ts';
import { expanded } from './whole-design.ts';

const otherDesign = defineError(
  'APP_RECORDING_OTHER_DESIGN',
  'input',
  'The recording is of another design, or of another version of this one: its nodes, settings or connections differ.',
);

type Recorded = Pick<RecordingHeader, 'design' | 'inner'>;

/** A design as a recording holds it: its canonical text, and those of its parts. Where they came from is left out: keys are numbers. */
export function recordedDesign({ body, key, inner }: WholeDesign): Recorded {
  const keys = new Map([[key, '']]);
  for (const part of inner) if (!keys.has(part.key)) keys.set(part.key, String(keys.size));
  const parts = inner.map((part) => ({
    within: keys.get(part.within) ?? '',
    design: part.design,
    ...(part.version !== undefined && { version: part.version }),
    key: keys.get(part.key) ?? '',
    text: writeDesignText(part.body),
  }));
  return { design: writeDesignText(body), ...(parts.length > 0 && { inner: parts }) };
}

/** The recorded design, expanded. Nodes start in the order of the texts, so a recording and its replay both run what was read from it. */
export function expandRecorded({ design, inner = [] }: Recorded, kinds: Kinds): Expansion {
  const parts = inner.map(({ text, version, ...part }) => ({ ...part, version, body: designOfText(text, kinds) }));
  return expanded({ body: designOfText(design, kinds), key: '', inner: parts, unread: [] }, kinds);
}

function designOfText(text: string, kinds: Kinds): DesignBody {
  const read = readDesignText(text, kinds);
  if (!read.ok) throw otherDesign({ detail: `The design in the recording cannot be read: ${read.fault.message}.` });
  return read.design;
}

/**
 * Throws APP_RECORDING_OTHER_DESIGN unless both run alike; where a box stands and what it is called makes no difference. Parts that are
 * not there, as where a stored design was exported, are taken as recorded.
 */
export function refuseOtherDesign(recorded: Recorded, whole: WholeDesign, kinds: Kinds): void {
  const present = recordedDesign(whole);
  const { faults } = expandWhole(whole, kinds);
  const compared = faults.every(({ rule }) => rule !== 'subdesign-missing') ? present : { ...recorded, design: present.design };
  if (behaviour(expandRecorded(recorded, kinds).flat) !== behaviour(expandRecorded(compared, kinds).flat)) throw otherDesign();
}

function behaviour({ nodes, connections, farms }: FlatDesign): string {
  const bare = Object.values(nodes).map(({ label: _label, ...node }) => node);
  const wires = Object.values(connections).map(({ id, from, to, capacity, policy }) => [id, from, to, capacity, policy]);
  return JSON.stringify([bare, wires, farms]);
}
