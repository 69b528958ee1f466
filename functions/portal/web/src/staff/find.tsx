export function Find(_: Record<string, unknown>) {
  return null;
}
