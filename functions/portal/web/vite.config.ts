import { defineConfig } from "vite";

export default defineConfig({
  // The content security policy of the portal allows neither inline script nor inline style.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, cssCodeSplit: false },
});
