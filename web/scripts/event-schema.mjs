// valibot schemas from the JSON schema of the live channel: as much of JSON schema as that document uses.

const UUID = 'v.pipe(v.string(), v.uuid())';
const DATE = "v.pipe(v.string(), v.check((text) => !Number.isNaN(Date.parse(text)), 'not a time'))";
const list = (values) => `v.picklist([\n${values.map((value) => `  '${value}',`).join('\n')}\n])`;
const named = (reference) => reference.split('/').at(-1);

function object({ properties, required = [] }) {
  if (!properties) return 'v.record(v.string(), v.unknown())';
  const fields = Object.entries(properties).map(([name, schema]) => {
    const field = of(schema);
    return `  ${name}: ${required.includes(name) ? field : `v.optional(${field})`},`;
  });
  return `v.object({\n${fields.join('\n')}\n})`;
}

function string({ format }) {
  if (format === 'uuid') return UUID;
  return format === 'date-time' ? DATE : 'v.string()';
}

function of(schema) {
  if (schema.$ref) return named(schema.$ref);
  if (schema.enum) return list(schema.enum);
  if ('const' in schema) return `v.literal(${JSON.stringify(schema.const).replaceAll('"', "'")})`;
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return `v.union([${choices.map(of).join(', ')}])`;
  if (schema.type === 'integer') return `v.pipe(v.number(), v.integer(), v.minValue(${schema.minimum ?? 0}))`;
  if (schema.type === 'string') return string(schema);
  if (schema.type === 'object') return object(schema);
  throw new Error(`nothing is known about ${JSON.stringify(schema)}`);
}

/** The module's text. */
export function eventSchema(schema) {
  const parts = Object.entries(schema.$defs).flatMap(([name, part]) => [
    `export const ${name} = ${of(part)};`,
    `export type ${name} = v.InferOutput<typeof ${name}>;\n`,
  ]);
  const severities = Object.entries(schema['x-severities']).map(([kind, severity]) => `  '${kind}': '${severity}',`);
  return [
    "import * as v from 'valibot';\n",
    ...parts,
    `/** ${schema.description} */`,
    `export const Frame = ${of(schema)};`,
    'export type Frame = v.InferOutput<typeof Frame>;\n',
    '/** How serious each kind of event is. */',
    `export const SEVERITY: Record<EventKind, Severity> = {\n${severities.join('\n')}\n};\n`,
  ].join('\n');
}
