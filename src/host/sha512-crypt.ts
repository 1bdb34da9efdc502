/** Passwords as /etc/shadow keeps them: SHA-crypt with SHA-512, which every Linux guest reads (`$6$…`). */
import { createHash, randomInt } from "node:crypto";

/** OpenSSL's and glibc's own number of rounds. */
const ROUNDS = 5_000;
const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Neither 0 and O nor 1 and l: it is typed from a screen. */
const LEGIBLE = "abcdefghijkmnpqrstuvwxyz23456789";

/** Four groups of four, 80 bits. */
export function makePassword(): string {
  return Array.from({ length: 4 }, () => pick(LEGIBLE, 4)).join("-");
}

export function makeSalt(): string {
  return pick(ALPHABET, 16);
}

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

/** Ulrich Drepper's specification, step by step. `salt` has at most 16 characters of crypt's alphabet. */
export function sha512Crypt(password: string, salt: string): string {
  const key = Buffer.from(password);
  const sugar = Buffer.from(salt);
  const digest = (...parts: readonly Buffer[]) => createHash("sha512").update(Buffer.concat(parts)).digest();

  const other = digest(key, sugar, key);
  const parts = [key, sugar, repeat(other, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? other : key);
  let sum = digest(...parts);

  const p = repeat(digest(...Array.from(key, () => key)), key.length);
  const s = repeat(digest(...Array.from({ length: 16 + (sum[0] ?? 0) }, () => sugar)), sugar.length);
  for (let round = 0; round < ROUNDS; round++) {
    const odd = round % 2 === 1;
    sum = digest(odd ? p : sum, ...(round % 3 === 0 ? [] : [s]), ...(round % 7 === 0 ? [] : [p]), odd ? sum : p);
  }
  return `$6$${salt}$${encode(sum)}`;
}

function repeat(block: Buffer, length: number): Buffer {
  return Buffer.alloc(length, block);
}

/** 21 triples of bytes that lie 21 apart, and the last byte alone. */
function encode(sum: Buffer): string {
  let text = "";
  for (let index = 0; index < 21; index++) {
    const [a, b, c] = rotate([index, index + 21, index + 42], index);
    text += sixBits(((sum[a] ?? 0) << 16) | ((sum[b] ?? 0) << 8) | (sum[c] ?? 0), 4);
  }
  return text + sixBits(sum[63] ?? 0, 2);
}

function rotate([a, b, c]: readonly [number, number, number], by: number): readonly [number, number, number] {
  const turn = by % 3;
  return turn === 0 ? [a, b, c] : turn === 1 ? [b, c, a] : [c, a, b];
}

function sixBits(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => ALPHABET.charAt((value >> (6 * index)) & 63)).join("");
}
