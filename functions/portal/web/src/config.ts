// What the deployment says of itself.

import { signal } from "@preact/signals";

export interface Config {
  issuer: string;
  clientId: string;
  vendorName: string;
  portalName: string;
  supportEmail: string;
  supportPhone: string;
  /** Colours of the vendor, each readable on what it stands on. */
  colours?: Partial<Record<keyof typeof VARIABLES, string>>;
  /** The vendor's logo, an address or `data:`. */
  logo?: string;
}

/** The style's variables that take a colour of the vendor. */
const VARIABLES = {
  primary: "--primary",
  primaryText: "--on-primary",
  accent: "--accent",
  accentText: "--on-accent",
  accentOnLight: "--link-light",
  accentOnDark: "--link-dark",
};

export const config = signal<Config | undefined>(undefined);

export async function loadConfig(): Promise<Config> {
  const answer = await fetch("/config.json");
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
  const loaded: Config = await answer.json();
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const colour = loaded.colours?.[name as keyof typeof VARIABLES];
    if (colour) document.documentElement.style.setProperty(variable, colour);
  }
  document.title = loaded.portalName;
  config.value = loaded;
  return loaded;
}
