/** The version of the package, which `npm version` and a test keep equal to package.json. */
export const VERSION = '0.1.0';
