import { createEffect, For, type JSX, Show } from 'solid-js'
import { newVersion, takeNewVersion } from '../lib/app-shell.ts'
import { Alert, Button, Icon, type IconName, Layout } from '../ui/index.ts'
import { citizenWords } from '../words/citizen/index.ts'
import { language } from '../words/index.ts'

const TABS: readonly { path: string; icon: IconName; name: 'navCard' | 'navScan' | 'navInbox' }[] = [
	{ path: '/card', icon: 'card', name: 'navCard' },
	{ path: '/scan', icon: 'qr', name: 'navScan' },
	{ path: '/inbox', icon: 'bell', name: 'navInbox' },
]

/** The app's frame: the pages' own, and three places to go, where the thumb is. */
export function AppLayout(props: { title: string; children: JSX.Element }) {
	// An app is installed under the name that it has in its user's language.
	createEffect(() => {
		const file = language() === 'en' ? '/manifest.en.webmanifest' : '/manifest.webmanifest'
		document.querySelector('link[rel=manifest]')?.setAttribute('href', file)
	})
	return (
		<Layout
			title={props.title}
			below={
				<nav class="tabs" aria-label={citizenWords().nav}>
					<For each={TABS}>
						{(tab) => (
							<a href={tab.path} aria-current={location.pathname === tab.path ? 'page' : undefined}>
								<Icon name={tab.icon} />
								<span>{citizenWords()[tab.name]}</span>
							</a>
						)}
					</For>
				</nav>
			}
		>
			<Show when={newVersion()}>
				<div class="new-version">
					<Alert say="status" title={citizenWords().newVersion}>
						<Button look="secondary" onClick={takeNewVersion}>
							{citizenWords().newVersionTake}
						</Button>
					</Alert>
				</div>
			</Show>
			{props.children}
		</Layout>
	)
}
