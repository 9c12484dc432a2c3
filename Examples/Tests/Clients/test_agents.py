"""OpenAI's own agents package, unmodified and with its defaults: two spoken turns."""
import asyncio

from agents.realtime import RealtimeAgent, RealtimeRunner
from serving import samples, server

TURNS = (("what-is-your-name", "My name is Omni."), ("what-day-comes-after-monday", "Tuesday"))


async def talk(url):
    agent = RealtimeAgent(name="Assistant", instructions="You are a helpful voice assistant.")
    session = await RealtimeRunner(agent).run(
        model_config={"api_key": "secret", "url": url.replace("http", "ws", 1) + "/v1/realtime?model=omni"})
    async with session:
        for name, answer in TURNS:
            pcm, kinds, count = samples(name).tobytes() + bytes(48000), [], 0
            # Pieces of a prime size: samples are cut in two.
            for start in range(0, len(pcm), 1999):
                await session.send_audio(pcm[start : start + 1999])
            async with asyncio.timeout(60):
                async for event in session:
                    kinds.append(event.type)
                    assert event.type != "error", event
                    if event.type == "audio":
                        count += len(event.audio.data)
                    if event.type == "agent_end":
                        break
            assert kinds.index("agent_start") < kinds.index("audio") < kinds.index("agent_end"), kinds
            said = await reply(session, answer)
            print(f"  {name} -> {said!r}, {count / 48000:.1f} s of audio")
            assert count > 24000, count


async def reply(session, answer):
    """The reply in the history that the session keeps, whose last events may be on their way."""
    async with asyncio.timeout(20):
        while True:
            said = [part.transcript for item in session._history if item.type == "message" and item.role == "assistant"
                    for part in item.content if getattr(part, "transcript", None)]
            if said and answer in said[-1]:
                return said[-1]
            await anext(aiter(session))


def main():
    with server("--api-key", "secret", "--maximum-requests-per-minute", "10000") as running:
        asyncio.run(talk(running.url))
        print("openai-agents: two turns")


main()
