/** The JSON Schema of the configuration file, for editors: made from the same schemas that check it. */
import { z } from 'zod';
import { fileSchema } from './root.js';

/** @returns the schema as a plain object (draft 2020-12) */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(fileSchema, { io: 'input' }) as Record<string, unknown>;
  const { $schema, ...rest } = schema;
  return { $schema, title: 'crier.json5', description: 'Configuration of crier, a BGP speaker', ...rest };
}
