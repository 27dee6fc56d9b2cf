// Makes the types of everything on the wire from the documents of the interface, into src/generated/.
import { mkdir, readFile, writeFile } from "node:fs/promises";

import { compile } from "json-schema-to-typescript";
import openapiTS, { astToString } from "openapi-typescript";
import { parse } from "yaml";

const api = new URL("../../../api/", import.meta.url);
const out = new URL("../src/generated/", import.meta.url);
const banner = "// Made by scripts/generate.mjs from the documents in api/. Do not edit.\n";

/** Both documents' schemas in one set of definitions, so that what they share has one name. */
function definitionsOf(...documents) {
  const schemas = Object.assign({}, ...documents.map((document) => document.components.schemas));
  const text = JSON.stringify(schemas)
    .replaceAll("./openapi.yaml#/components/schemas/", "#/definitions/")
    .replaceAll('"#/components/schemas/', '"#/definitions/');
  return JSON.parse(text);
}

const [openapi, asyncapi] = await Promise.all(
  ["openapi.yaml", "asyncapi.yaml"].map(async (name) =>
    parse(await readFile(new URL(name, api), "utf8")),
  ),
);
const paths = astToString(
  await openapiTS(new URL("openapi.yaml", api), { defaultNonNullable: false }),
);
const wire = await compile(
  { title: "Wire", type: "object", definitions: definitionsOf(openapi, asyncapi) },
  "Wire",
  {
    bannerComment: banner,
    additionalProperties: false,
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
    format: false,
  },
);

await mkdir(out, { recursive: true });
await writeFile(new URL("http.ts", out), banner + paths);
await writeFile(new URL("wire.ts", out), wire);
