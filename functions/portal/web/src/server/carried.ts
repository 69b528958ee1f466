// Strings that people carry between an offline AppSuite and this page: what is wrong with one is said before it is sent.
//
// A line is 30 digits of base 36 and two check characters (ISO 7064 MOD 1271-36) that count its number in. The service
// checks all of it again.

const LINE_LEN = 32;
const DIGITS_LEN = 30;
const LINE_BYTES = 19;
const MODULUS = 1271;
const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

export type Kind = "request" | "response" | "return";
const KINDS: Record<number, Kind> = { 1: "request", 2: "response", 3: "return" };

export type Looked =
  | { code: "whole"; kind: Kind }
  | { code: "empty" }
  | { code: "character"; line: number; character: string }
  | { code: "line"; line: number }
  | { code: "incomplete"; lines: number }
  | { code: "unknown" };

/** What a text is, or what is wrong with it. */
export function look(text: string): Looked {
  const digits = text.replace(/[\s-]/gu, "").toLowerCase();
  if (!digits) return { code: "empty" };
  const strange = /[^0-9a-z]/u.exec(digits);
  if (strange) return { code: "character", line: Math.floor(strange.index / LINE_LEN) + 1, character: strange[0] };
  const lines = digits.match(new RegExp(`.{1,${LINE_LEN}}`, "g")) ?? [];
  const wrong = lines.findIndex((line, index) => !fits(line, index + 1));
  if (wrong >= 0) return { code: "line", line: wrong + 1 };
  const { kind, length } = header(lines[0] ?? "");
  if (!kind) return { code: "unknown" };
  const wanted = Math.ceil((3 + length) / LINE_BYTES);
  return lines.length === wanted ? { code: "whole", kind } : { code: "incomplete", lines: wanted };
}

/** The text as a QR code stores it best: capitals, and nothing that only helps the eye. */
export function compact(text: string): string {
  return text.replace(/[\s-]/gu, "").toUpperCase();
}

function fits(line: string, number: number): boolean {
  return line.length === LINE_LEN && checkOf(`${number}${line.slice(0, DIGITS_LEN)}`) === line.slice(DIGITS_LEN);
}

function checkOf(digits: string): string {
  const sum = [...digits].reduce((sum, digit) => ((sum + DIGITS.indexOf(digit)) * 36) % MODULUS, 0);
  const check = (MODULUS + 1 - ((sum * 36) % MODULUS)) % MODULUS;
  return DIGITS.charAt(Math.floor(check / 36)) + DIGITS.charAt(check % 36);
}

/** Kind and length of the payload: the first three of the first line's bytes. */
function header(line: string): { kind: Kind | undefined; length: number } {
  const number = [...line.slice(0, DIGITS_LEN)].reduce((number, digit) => number * 36n + BigInt(DIGITS.indexOf(digit)), 0n);
  const bits = (from: number) => number >> BigInt(8 * (LINE_BYTES - from));
  return { kind: KINDS[Number(bits(1))], length: Number(bits(3) & 0xffffn) };
}
