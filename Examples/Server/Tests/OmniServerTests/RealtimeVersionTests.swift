import NIOHTTP1
import OmniPipeline
import Testing

@testable import OmniServer

/// Clients of the API's beta version get the names they know.
@Suite struct RealtimeVersionTests {
    private func start(_ uri: String, _ headers: HTTPHeaders = [:]) -> RealtimeStart {
        RealtimeStart(HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers))
    }

    @Test func requests() {
        #expect(start("/v1/realtime?model=omni").version == .current)
        #expect(start("/v1/realtime", ["OpenAI-Beta": "realtime=v1"]).version == .beta)
        #expect(start("/v1/realtime", ["OpenAI-Beta": "assistants=v2, realtime=v1"]).version == .beta)
        #expect(start("/v1/realtime", ["Sec-WebSocket-Protocol": "realtime, openai-beta.realtime-v1"]).version == .beta)
        #expect(start("/v1/realtime").kind == .realtime)
        #expect(start("/v1/realtime?intent=transcription&model=whisper-1").kind == .transcription)
        #expect(start("/v1/realtime?model=intent=transcription").kind == .realtime)
    }

    /// The events of a spoken turn, as a beta client gets them.
    @Test func namesOfEvents() throws {
        var script = RealtimeScript()
        script.update(["modalities": ["text", "audio"], "input_audio_format": "g711_ulaw", "voice": "alloy"])
        _ = script.turnEnded(milliseconds: 900)
        script.say("Hi")
        script.audio(seconds: 0.1)
        _ = script.finish()
        let events = script.events.compactMap { RealtimeVersion.beta.event($0.json(id: "e")) }
        #expect(
            events.compactMap { $0["type"]?.string } == [
                "session.updated", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
                "conversation.item.created", "response.created", "response.output_item.added",
                "conversation.item.created", "response.content_part.added", "response.audio_transcript.delta",
                "response.audio.delta", "response.audio.done", "response.audio_transcript.done",
                "response.content_part.done", "response.output_item.done", "response.done",
            ])
        let session = try #require(events.first?["session"])
        #expect(session["input_audio_format"] == "g711_ulaw" && session["output_audio_format"] == "pcm16")
        #expect(session["modalities"] == ["text", "audio"] && session["audio"] == nil && session["voice"] == "omni")
        #expect(session["turn_detection"]?["type"] == "server_vad" && session["max_response_output_tokens"] == "inf")
        let response = try #require(events.last?["response"])
        #expect(response["modalities"] == ["text", "audio"] && response["voice"] == "omni")
        #expect(response["output"]?.array?.first?["content"]?.array?.first?["type"] == "audio")
        // What the server says a session is may be sent back here as well.
        let settings = script.machine.settings
        #expect(script.update(session) == ["session.updated"] && script.machine.settings == settings)
        // And nothing changes for others.
        for event in script.events {
            #expect(RealtimeVersion.current.event(event.json(id: "e")) == event.json(id: "e"))
        }
    }

    @Test func sessionsThatOnlyWriteDown() {
        var script = RealtimeScript()
        let found = script.tell([
            "type": "transcription_session.update",
            "session": ["input_audio_format": "pcm16", "input_audio_transcription": ["model": "whisper-1"]],
        ])
        #expect(found == ["session.updated"] && script.machine.settings.kind == .transcription)
        let event = script.events.last.flatMap { RealtimeVersion.beta.event($0.json(id: "e")) }
        #expect(event?["type"] == "transcription_session.updated")
        #expect(event?["session"]?["input_audio_transcription"]?["model"] == "omni")
    }

    @Test func textInTheBeta() {
        var script = RealtimeScript()
        script.update(["modalities": ["text"], "turn_detection": nil])
        script.tell([
            "type": "conversation.item.create",
            "item": ["type": "message", "role": "user", "content": [["type": "input_text", "text": "Hello?"]]],
        ])
        script.tell(["type": "response.create"])
        script.say("Hi")
        _ = script.finish()
        let types = script.events.compactMap { RealtimeVersion.beta.event($0.json(id: "e"))?["type"]?.string }
        #expect(types.contains("response.text.delta") && types.contains("response.text.done"))
        #expect(!types.contains { $0.contains("output_text") })
    }
}
