/**
 * The door for Vue 3. Importing it does nothing.
 */
export { type CelloCalls, useCompanion, useReferral, useReport, useUcc } from './composables.js';
export { celloCompanion } from './plugin.js';
export { UccField } from './ucc-field.js';
