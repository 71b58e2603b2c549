import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useChannel, useStatus } from '../../src/react.js'
import type { Client } from '../../src/index.js'

interface Events {
  status: { state: string }
  line: string
}

declare const window: { client: Client<Events> } & typeof globalThis

function Order({ id }: { id: string }) {
  const status = useChannel(window.client, `orders/${id}`, 'status')
  return <p id="order">{status?.state ?? 'unknown'}</p>
}

function Chat() {
  const lines = useChannel(window.client, 'chat', 'line', (all: string[], line) => [...all, line], [])
  return <p id="chat">{lines.join(' ')}</p>
}

function Page() {
  const [id, setId] = useState('1')
  const [isChatting, setChatting] = useState(true)
  return (
    <>
      <output>{useStatus(window.client)}</output>
      <Order id={id} />
      {isChatting && <Chat />}
      <button id="next" onClick={() => setId('2')} />
      <button id="leave" onClick={() => setChatting(false)} />
    </>
  )
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Page />
  </StrictMode>,
)
