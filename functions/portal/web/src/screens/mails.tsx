export function Mails(_: Record<string, unknown>) {
  return null;
}
