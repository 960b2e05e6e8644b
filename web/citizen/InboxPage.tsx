import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { api } from '../lib/api.ts'
import type { Notice } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { timeWords } from '../lib/time-words.ts'
import { Alert, Button, FailureAlert, ScreenHead, Stack } from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { language } from '../words/index.ts'
import { AppLayout } from './AppLayout.tsx'
import { noticeWords } from './notice-words.ts'
import { Unlocked } from './Unlocked.tsx'

/** `/inbox`: a message for each use of the digital ID. Seeing one reads it. */
export function InboxPage() {
	const load = async (): Promise<Notice[]> => {
		const notices = await api.notices.list.query({})
		for (const notice of notices) {
			// What cannot be marked now stays new and is marked the next time.
			if (notice.readAt === null) void api.notices.markRead.mutate({ id: notice.id }).catch(() => undefined)
		}
		return notices
	}
	return (
		<AppLayout title={citizenWords().inboxTitle}>
			<Unlocked title={citizenWords().inboxLockedHead} load={load}>
				{(notices) => (
					<Stack>
						<ScreenHead title={citizenWords().inboxHead} lead={citizenWords().inboxLead} />
						<Show when={notices.length > 0} fallback={<p>{citizenWords().inboxEmpty}</p>}>
							<ul class="notices">
								<For each={notices}>{(notice) => <NoticeItem notice={notice} />}</For>
							</ul>
						</Show>
						<Alert>{citizenWords().inboxNotYou}</Alert>
					</Stack>
				)}
			</Unlocked>
		</AppLayout>
	)
}

function NoticeItem(props: { notice: Notice }) {
	const words = () => noticeWords(props.notice)
	return (
		<li class="card" data-kind={props.notice.kind} data-new={props.notice.readAt === null ? '' : undefined}>
			<div class="notice-head">
				<h2>{words().title}</h2>
				<Show when={props.notice.readAt === null}>
					<span class="tag">{citizenWords().unread}</span>
				</Show>
			</div>
			<p>{words().text}</p>
			<Show when={props.notice.kind === 'signed_in_by_qr'}>
				<EndDesks />
			</Show>
			<p class="soft">
				<time datetime={new Date(props.notice.at).toISOString()}>{timeWords(props.notice.at, language())}</time>
			</p>
		</li>
	)
}

/** The computer that showed the QR may be anybody's, and is far away by now. */
function EndDesks() {
	const [state, setState] = createSignal<'open' | 'busy' | 'done'>('open')
	const [failure, setFailure] = createSignal<Failure>()
	const end = async (): Promise<void> => {
		setFailure(undefined)
		setState('busy')
		try {
			await api.me.endDesks.mutate({})
			setState('done')
		} catch (error) {
			setFailure(asFailure(error))
			setState('open')
		}
	}
	return (
		<div role="status">
			<Switch>
				<Match when={state() === 'done'}>
					<p>{citizenWords().desksEnded}</p>
				</Match>
				<Match when={true}>
					<Button look="secondary" busy={state() === 'busy'} onClick={end}>
						{citizenWords().desksEnd}
					</Button>
					<Show when={failure()}>{(what) => <FailureAlert failure={what()} />}</Show>
				</Match>
			</Switch>
		</div>
	)
}
