import { wordsOf } from '../language.ts'
import { th } from './th.ts'

export const commonWords = wordsOf(th, async () => (await import('./en.ts')).en)
