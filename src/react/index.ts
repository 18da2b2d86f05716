/**
 * The door for React 18 and 19. Importing it does nothing. The build puts `'use client'` above it,
 * so that React's server components may import it.
 */
export type { CelloCalls } from './hooks.js';
export { useCompanion, useReferral, useReport, useUcc } from './hooks.js';
export { CelloProvider, type CelloProviderProps } from './provider.js';
export { UccField, type UccFieldProps } from './ucc-field.js';
