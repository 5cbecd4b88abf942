// Validates a file by a schema with ajv, as a whole process: node bench/cues/ajv.js SCHEMA FILE
import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";

const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const [schema, file] = process.argv.slice(2);
process.exit(new Ajv2020({ strict: true, allowUnionTypes: true }).compile(read(schema))(read(file)) ? 0 : 1);
