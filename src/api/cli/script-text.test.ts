import { expect, test } from 'vitest';
import { answerScript } from '#app/checks/script-question.ts';
import { answersText } from './script-text.ts';

function printed(text: string): string {
  const { result } = answerScript({ text, budget: { maxStates: 1_000, maxMs: 60_000 } });
  return result.ok ? answersText(result.answers) : 'a fault';
}

test('[V105] a deadlock: the way there, and who waits for what', () => {
  const script =
    'channel coin, tea\nVM = coin -> tea -> VM\nassert VM :[deadlock free [F]]\nassert VM [| {coin, tea} |] coin -> STOP :[deadlock free]';
  const text = printed(script);
  expect(text).toContain('\nPROVED  assert VM :[deadlock free [F]]\n  line 3: no deadlock can be reached (');
  expect(text).toContain(
    '\nREFUTED  assert VM [| {coin, tea} |] coin -> STOP :[deadlock free]\n  line 4: after 1 step nothing is possible',
  );
  expect(text).toContain('\n  1. coin\n  then nothing can happen:\n  VM waits for tea\n  part 2 can do nothing more\n');
});

test('[V105] a refusal: what is offered and what must be; hidden events are shown as such', () => {
  const text = printed('channel a, b, h\nassert a -> STOP [] b -> STOP [F= (h -> a -> STOP [| {h} |] h -> STOP) \\ {h}');
  expect(text).toContain('it may refuse what the specification demands');
  expect(text).toContain('  1. τ(h)\n  offers a\n  must offer a, b\n');
});

test('[V105] a divergence: what goes on for ever', () => {
  const text = printed('channel a, h\nP = h -> P\nassert not (a -> P [| {h} |] P) \\ {h} :[divergence free]');
  expect(text).toContain('PROVED  assert not (a -> P [| {h} |] P) \\ {h} :[divergence free]');
  expect(text).toContain('  1. a\n  again and again: τ(h)\n');
});

test('[V103] what is not in an alphabet is told', () => {
  const text = printed('channel a, b\nP = a -> P [] b -> P\nassert P [ {a} || {a} ] P :[deadlock free]');
  expect(text).toContain('  note: not in their alphabets, so they never happen: b of P');
});

test('[V105] a script without assertions says so, and nothing is known', () => {
  const { result } = answerScript({ text: 'P = STOP', budget: { maxStates: 1_000, maxMs: 60_000 } });
  expect(result).toEqual({ ok: true, verdict: 'unknown', answers: [] });
  expect(answersText([])).toBe('\nthe script asserts nothing\n');
});
