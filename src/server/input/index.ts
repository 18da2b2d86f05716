/**
 * A programmer's input: values, options, and the errors for mistakes.
 */

export {
  checkNames,
  dropUnkeepable,
  type Fields,
  isFields,
  isKeepable,
  readCode,
  readFields,
  readId,
  readOptional,
  readString,
  readTime,
} from './fields.js';
export { createMistake, type Place } from './mistake.js';
export {
  optional,
  parseAs,
  parseBoolean,
  parseFunction,
  parseNumber,
  parsePositive,
  parseText,
  parseWhole,
  parseWord,
  readOptions,
  required,
  secret,
  type Values,
} from './option-table.js';
export { cleanText, describeError } from './printable.js';
