// Verdicts of the open validator @adobe/structured-data-validator, read from and written to JSON files:
//   node markup_validator.mjs SCHEMA.jsonld DOCUMENTS.json VERDICTS.json
import fs from "fs";
import Validator from "@adobe/structured-data-validator";
import extractor from "@marbec/web-auto-extractor";

const [schemaPath, documentsPath, verdictsPath] = process.argv.slice(2);
const Extractor = extractor.default || extractor;
const schema = JSON.parse(fs.readFileSync(schemaPath, "utf8"));
const verdicts = {};
for (const { name, texts, page } of JSON.parse(fs.readFileSync(documentsPath, "utf8"))) {
  const scripts = (texts ?? []).map((text) => `<script type="application/ld+json">${text}</script>`).join("");
  const read = new Extractor({ addLocation: true }).parse(page ?? `<html><head>${scripts}</head></html>`);
  const issues = await new Validator(schema).validate(read);
  verdicts[name] = issues.filter(({ severity }) => severity === "ERROR").length;
}
fs.writeFileSync(verdictsPath, JSON.stringify(verdicts, null, 1));
