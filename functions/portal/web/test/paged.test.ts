import { expect, it, vi } from "vitest";

vi.stubGlobal("location", { pathname: "/" });
const { joined } = await import("../src/paged");

const page = (items: string, next?: string) => ({ items: [...items], next });
const join = (known: ReturnType<typeof page> | undefined, first: ReturnType<typeof page>) => joined(known, first, (item) => item);

it("a list begins with its first page", () => {
  expect(join(undefined, page("cba", "a"))).toEqual(page("cba", "a"));
});

it("what is new stands above what was loaded before", () => {
  expect(join(page("cba", "a"), page("dcb", "b"))).toEqual(page("dcba", "a"));
  expect(join(page("cba"), page("dcb", "b"))).toEqual(page("dcba"));
});

it("what was loaded further down stays with its place to go on from", () => {
  expect(join(page("fedcba", "a"), page("fed", "d"))).toEqual(page("fedcba", "a"));
});

it("a list never has a hole", () => {
  expect(join(page("cba", "a"), page("zyx", "x"))).toEqual(page("zyx", "x"));
});

it("a list that became empty is empty", () => {
  expect(join(page("a"), page(""))).toEqual(page(""));
});
