// Lingui's macros through Babel: the native transformer of @lingui/native-tools has no binding in our lock file.
import { join } from "node:path";

import { transformAsync } from "@babel/core";
import macro from "@lingui/babel-plugin-lingui-macro";
import { getConfig } from "@lingui/conf";

/** Only files that use a macro are parsed a second time; types and JSX are left to Vite. */
export function linguiMacro() {
  const linguiConfig = getConfig({ cwd: join(import.meta.dirname, "..") });
  return {
    name: "parley:lingui-macro",
    enforce: "pre",
    async transform(code, id) {
      const [file = ""] = id.split("?");
      if (!/\.tsx?$/.test(file) || !/@lingui\/(?:core|react)\/macro/.test(code)) return null;
      const plugins = file.endsWith("x") ? ["typescript", "jsx"] : ["typescript"];
      const result = await transformAsync(code, {
        filename: file,
        babelrc: false,
        configFile: false,
        sourceMaps: true,
        parserOpts: { plugins },
        plugins: [[macro, { linguiConfig }]],
      });
      return result?.code ? { code: result.code, map: result.map } : null;
    },
  };
}
