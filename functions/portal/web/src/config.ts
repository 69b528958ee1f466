// What the deployment says of itself.

import { signal } from "@preact/signals";

export interface Config {
  issuer: string;
  clientId: string;
  vendorName: string;
  portalName: string;
  supportEmail: string;
  supportPhone: string;
  /** Colours of the vendor, by the name of the style's variable. */
  colours?: Record<string, string>;
  /** The vendor's logo, an address or `data:`. */
  logo?: string;
}

export const config = signal<Config | undefined>(undefined);

export async function loadConfig(): Promise<Config> {
  const answer = await fetch("/config.json");
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
  const loaded: Config = await answer.json();
  for (const [name, colour] of Object.entries(loaded.colours ?? {})) {
    document.documentElement.style.setProperty(`--${name}`, colour);
  }
  document.title = loaded.portalName;
  config.value = loaded;
  return loaded;
}
