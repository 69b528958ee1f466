import { render } from "preact";

import { App } from "./app";
import { loadConfig } from "./config";
import { arrive } from "./router";
import { openSession, sessionState } from "./session";

render(<App />, document.getElementById("portal")!);

try {
  await openSession(await loadConfig());
  arrive();
} catch {
  sessionState.value = "failed";
}
