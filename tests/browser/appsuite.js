// An AppSuite on a machine that reaches nothing: the reference client, and the strings that people carry.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { setting } from "./stack.js";

const run = promisify(execFile);
const command = setting("APPSUITE");
const roots = join(setting("DATA_FOLDER"), "roots.json");

export class Machine {
  constructor(test) {
    this.folder = mkdtempSync(join(tmpdir(), "appsuite-"));
    test.after(() => rmSync(this.folder, { recursive: true }));
  }

  /** Makes a request, with the token where none was installed before. */
  async request(token) {
    return this.make("request", ...(token ? ["--token", token] : []));
  }

  /** Makes a return: the AppSuite runs nothing from then on. */
  async return() {
    return this.make("return");
  }

  async install(response) {
    const file = join(this.folder, "response.txt");
    writeFileSync(file, response);
    return this.offline("install", file);
  }

  async make(kind, ...options) {
    const file = join(this.folder, `${kind}.txt`);
    await this.offline(kind, ...options, "--out", file);
    return readFileSync(file, "utf8");
  }

  async offline(...options) {
    const where = ["--url", "http://127.0.0.1:1", "--root-file", roots, "--state-dir", join(this.folder, "state")];
    const { stdout, stderr } = await run(command, [...where, "offline", ...options], { cwd: this.folder });
    return stdout + stderr;
  }
}
