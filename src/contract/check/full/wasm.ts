/** The part of the WebAssembly binary format (W3C core specification 2.0, chapter 5) that the search is written in. */

export const i32 = 0x7f;
export const i64 = 0x7e;
type ValueType = number;

export const op = {
  return: 0x0f,
  eqz: 0x45,
  eq: 0x46,
  ne: 0x47,
  ltU: 0x49,
  gtU: 0x4b,
  leU: 0x4d,
  geU: 0x4f,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  divU: 0x6e,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrU: 0x76,
  select: 0x1b,
  wrap: 0xa7,
  extendU: 0xad,
  eqz64: 0x50,
  eq64: 0x51,
  add64: 0x7c,
  mul64: 0x7e,
  and64: 0x83,
  or64: 0x84,
  xor64: 0x85,
  shl64: 0x86,
  shrU64: 0x88,
} as const;

/** The body of a function, written from left to right as the stack machine reads it. Every method gives the code itself. */
export class Code {
  readonly bytes: number[] = [];

  do(...ops: readonly number[]): this {
    this.bytes.push(...ops);
    return this;
  }

  get(...locals: readonly number[]): this {
    for (const local of locals) this.#with(0x20, local);
    return this;
  }

  set(local: number): this {
    return this.#with(0x21, local);
  }

  tee(local: number): this {
    return this.#with(0x22, local);
  }

  getGlobal(global: number): this {
    return this.#with(0x23, global);
  }

  setGlobal(global: number): this {
    return this.#with(0x24, global);
  }

  const32(value: number): this {
    this.bytes.push(0x41, ...signed(BigInt(value | 0)));
    return this;
  }

  const64(value: bigint): this {
    this.bytes.push(0x42, ...signed(BigInt.asIntN(64, value)));
    return this;
  }

  load32(offset = 0): this {
    return this.#memory(0x28, 2, offset);
  }

  load64(offset = 0): this {
    return this.#memory(0x29, 3, offset);
  }

  store32(offset = 0): this {
    return this.#memory(0x36, 2, offset);
  }

  store64(offset = 0): this {
    return this.#memory(0x37, 3, offset);
  }

  store8(offset = 0): this {
    return this.#memory(0x3a, 0, offset);
  }

  /** Takes target, source and length in bytes from the stack. */
  copyMemory(): this {
    return this.do(0xfc, 10, 0, 0);
  }

  block(body: () => void): this {
    return this.#structure(0x02, body);
  }

  /** `next(0)` directly inside it begins another round; falling out of its end leaves it. */
  loop(body: () => void): this {
    return this.#structure(0x03, body);
  }

  if(body: () => void): this {
    return this.#structure(0x04, body);
  }

  /** Leaves the structure that many levels out, or begins it again where it is a loop. */
  next(levels: number): this {
    return this.#with(0x0c, levels);
  }

  nextIf(levels: number): this {
    return this.#with(0x0d, levels);
  }

  call(number: number): this {
    return this.#with(0x10, number);
  }

  #with(opcode: number, operand: number): this {
    this.bytes.push(opcode, ...unsigned(operand));
    return this;
  }

  #memory(opcode: number, align: number, offset: number): this {
    this.bytes.push(opcode, align, ...unsigned(offset));
    return this;
  }

  #structure(opcode: number, body: () => void): this {
    this.bytes.push(opcode, 0x40);
    body();
    this.bytes.push(0x0b);
    return this;
  }
}

export interface Func {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly code: Code;
  readonly exportedAs?: string;
}

/** A module of functions, one memory, exported as `memory`, and variables, each exported by its name. */
export interface ModuleParts {
  readonly functions: readonly Func[];
  readonly variables: Readonly<Record<string, ValueType>>;
  /** In pages of 64 KiB. */
  readonly pages: { readonly first: number; readonly most: number };
}

export function moduleBytes({ functions, variables, pages }: ModuleParts): Uint8Array<ArrayBuffer> {
  const names = Object.keys(variables);
  const exported = [
    ...functions.flatMap(({ exportedAs }, number) =>
      exportedAs === undefined ? [] : [[...text(exportedAs), 0x00, ...unsigned(number)]],
    ),
    [...text('memory'), 0x02, 0x00],
    ...names.map((name, number) => [...text(name), 0x03, ...unsigned(number)]),
  ];
  const sections: readonly (readonly [number, readonly (readonly number[])[]])[] = [
    [1, functions.map(({ params, results }) => [0x60, ...counted(params), ...counted(results)])],
    [3, functions.map((_, number) => unsigned(number))],
    [5, [[0x01, ...unsigned(pages.first), ...unsigned(pages.most)]]],
    [6, Object.values(variables).map((type) => [type, 0x01, type === i32 ? 0x41 : 0x42, 0x00, 0x0b])],
    [7, exported],
    [10, functions.map(bodyOf)],
  ];
  const pieces = sections.map(([id, entries]) => sectionOf(id, entries));
  return joined([Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), ...pieces]);
}

function bodyOf({ locals, code }: Func): number[] {
  const declared = [...unsigned(locals.length), ...locals.flatMap((type) => [1, type])];
  return unsigned(declared.length + code.bytes.length + 1).concat(declared, code.bytes, [0x0b]);
}

function sectionOf(id: number, entries: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const count = unsigned(entries.length);
  const length = entries.reduce((sum, entry) => sum + entry.length, count.length);
  return joined([Uint8Array.of(id, ...unsigned(length), ...count), ...entries.map((entry) => Uint8Array.from(entry))]);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const text = (word: string): number[] => counted([...word].map((letter) => letter.charCodeAt(0)));
const counted = (values: readonly number[]): number[] => [...unsigned(values.length), ...values];

// LEB128, seven bits a byte, the lowest first.
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

function signed(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64n || rest > 63n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest & 0x7fn)];
}
