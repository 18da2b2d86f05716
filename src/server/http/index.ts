/**
 * HTTP: adapters for frameworks' requests, reading codes from them, and the cookies that we set.
 */
export { clientAddress } from './client-address.js';
export { type LambdaHandler, type LambdaResult, toLambdaHandler } from './lambda-handler.js';
export { type NodeHandler, type NodeRequest, type NodeResponse, toNodeHandler } from './node-handler.js';
export { readRawBody } from './raw-body.js';
export { type FoundUcc, fetchUcc, findUcc, readUcc, type UccField, type UccSource } from './read-ucc/index.js';
export {
  type CookieOptions,
  type CookieSettings,
  type ForgetOptions,
  forgetCapture,
  forgetCookie,
  readCookieOptions,
  rememberCapture,
} from './set-cookie.js';
export { createTextResponse } from './text-response.js';
