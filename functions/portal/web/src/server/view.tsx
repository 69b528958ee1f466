export function ServerView(_: Record<string, unknown>) {
  return null;
}
