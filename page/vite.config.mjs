// The page's build: one page, hashed files under /assets, nothing inline (the station's content policy allows only 'self').
// Libraries go into chunks of their own, so that benchmarks/bench_page.py can weigh our code apart from theirs.
import { defineConfig } from "vite";

const LIBRARIES = /[\\/]node_modules[\\/]/;
const ZONE_EDITOR = /[\\/]node_modules[\\/](ol|rbush|earcut|geotiff|pbf|quickselect)[\\/]/;

export default defineConfig({
  base: "/",
  build: {
    outDir: "../src/picket/_page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      input: { index: "index.html", learn: "learn.html", record: "record.html", spectrum: "spectrum.html", train: "train.html" },
      output: {
        manualChunks(id) {
          if (ZONE_EDITOR.test(id)) return "lib-ol";
          if (LIBRARIES.test(id)) return "lib";
          return undefined;
        },
      },
    },
  },
});
