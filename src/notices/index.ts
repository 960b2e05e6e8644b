/**
 * What a citizen is told afterwards: the inbox.
 *
 * `notify` makes the statement that files a notice; it goes into the batch of what it tells, behind the same guard, so
 * nobody is told what did not happen. A notice is a kind and a few parameters (`kinds.ts`), sealed; the words in Thai
 * and English stand in `web/words` and may change without touching what is stored.
 *
 * The citizen lists and marks them through `createNoticesRouter`. Delivery beyond the inbox (web push) comes later.
 */
export { listNotices, markRead, notify } from './inbox.ts'
export type { NewNotice, Notice, NoticeKind, NoticeParams } from './kinds.ts'
export { createNoticesRouter, type NoticesNeeds } from './router.ts'
