const PATIENCE_MS = 30_000;
const BETWEEN_LOOKS_MS = 20;

/** Looks again and again until `look` answers something, and gives that. */
export async function until(what, look) {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
  }
  throw new Error(`${what} did not come`);
}
