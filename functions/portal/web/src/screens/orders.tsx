export function Orders(_: Record<string, unknown>) {
  return null;
}
