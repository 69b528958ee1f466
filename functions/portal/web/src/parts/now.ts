// The time, for what is said of it.

import { useEffect, useState } from "preact/hooks";

const EVERY_MS = 30_000;

/** Now; what says "2 minutes ago" or "not come by 09:12" is drawn again as time goes on. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
