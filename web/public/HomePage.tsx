import { For } from 'solid-js'
import { Actions, Card, Icon, type IconName, Layout, LinkButton, ScreenHead, Stack } from '../ui/index.ts'
import { publicWords } from '../words/public/index.ts'

const ICONS: readonly IconName[] = ['office', 'qr', 'bell']

/** `/`: what it is and how it is used. */
export function HomePage() {
	return (
		<Layout title={publicWords().title} wide>
			<Stack gap="large">
				<div class="hero">
					<ScreenHead title={publicWords().head} lead={publicWords().lead} />
					<Actions>
						<LinkButton href="/card" icon="card">
							{publicWords().openCard}
						</LinkButton>
						<LinkButton href="/scan" look="secondary" icon="qr">
							{publicWords().scan}
						</LinkButton>
						<LinkButton href="/inbox" look="secondary" icon="bell">
							{publicWords().inbox}
						</LinkButton>
					</Actions>
				</div>
				<section>
					<h2>{publicWords().howHead}</h2>
					<ol class="how">
						<For each={publicWords().how}>
							{(step, place) => (
								<li class="card">
									<Icon name={ICONS[place()] ?? 'info'} />
									<h3>{step.title}</h3>
									<p>{step.text}</p>
								</li>
							)}
						</For>
					</ol>
				</section>
				<div class="pair">
					<Card title={publicWords().safeHead}>
						<Points points={publicWords().safe} />
					</Card>
					<Card title={publicWords().rulesHead}>
						<Points points={publicWords().rules} />
					</Card>
				</div>
				<section class="staff">
					<h2>{publicWords().staffHead}</h2>
					<ul>
						<li>
							<a href="/lost">{publicWords().lost}</a>
						</li>
						<li>
							<a href="/office">{publicWords().office}</a>
						</li>
						<li>
							<a href="/.well-known/openid-configuration">{publicWords().discovery}</a>
						</li>
					</ul>
				</section>
			</Stack>
		</Layout>
	)
}

function Points(props: { points: readonly string[] }) {
	return (
		<ul class="points">
			<For each={props.points}>{(point) => <li>{point}</li>}</For>
		</ul>
	)
}
