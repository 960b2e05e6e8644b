/**
 * The words, Thai and English. One folder a part of the product, so that each page loads only its own:
 * `common` is on every page, `errors` holds what every refusal says, the others belong to the room of their name.
 * In each folder `th.ts` is the original, and `en.ts` has its type.
 */
export { inLanguage, type Language, language, setLanguage, startLanguage } from './language.ts'
