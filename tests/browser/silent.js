// What stands between browser and stack for those who say nothing of how a form came to be submitted.
import { createServer, request } from "node:http";

/** Passes everything on but the `Sec-Fetch` headers, which Safari, old browsers and some proxies leave out. */
export async function startSilent(origin) {
  const { hostname, port, host } = new URL(origin);
  const server = createServer((asked, answer) => {
    const headers = Object.entries(asked.headers).filter(([name]) => !name.startsWith("sec-fetch-"));
    const { method, url: path } = asked;
    const passed = request({ hostname, port, method, path, headers: { ...Object.fromEntries(headers), host } });
    passed.on("response", (got) => got.pipe(answer.writeHead(got.statusCode, got.headers)));
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    at: (link) => link.replace(host, `localhost:${server.address().port}`),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
