// Enough of JSON Schema 2020-12 for the registers: an unknown keyword is an error, so that nothing goes unchecked.
const KEYWORDS = new Set(['$schema', 'title', 'description', 'type', 'enum', 'pattern', 'minLength', 'minimum',
  'properties', 'required', 'additionalProperties', 'items', 'uniqueItems']);

const typeOf = (value) => (Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : value === null ? 'null' : typeof value);

/** Sentences that say where `value` differs from `schema`; empty when it agrees. */
export function differences(schema, value, at = '$') {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (unknown.length > 0) return [`${at}: the schema uses ${unknown.join(', ')}, which this check does not know`];
  const found = [];
  const wrong = (text) => found.push(`${at}: ${text}`);
  if (schema.type && typeOf(value) !== schema.type) return [`${at}: is ${typeOf(value)}, not ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) wrong(`${JSON.stringify(value)} is not one of ${schema.enum.join(', ')}`);
  if (schema.pattern && !new RegExp(schema.pattern).test(value)) wrong(`"${value}" does not match ${schema.pattern}`);
  if (schema.minLength && value.length < schema.minLength) wrong(`shorter than ${schema.minLength}`);
  if (schema.minimum !== undefined && value < schema.minimum) wrong(`less than ${schema.minimum}`);
  if (schema.uniqueItems && new Set(value.map(JSON.stringify)).size < value.length) wrong('has equal items');
  for (const name of schema.required ?? []) if (!(name in value)) wrong(`lacks ${name}`);
  if (schema.properties) {
    for (const [name, inner] of Object.entries(value)) {
      if (schema.properties[name]) found.push(...differences(schema.properties[name], inner, `${at}.${name}`));
      else if (schema.additionalProperties === false) wrong(`has an unknown ${name}`);
    }
  }
  if (schema.items) value.forEach((item, i) => found.push(...differences(schema.items, item, `${at}[${i}]`)));
  return found;
}
