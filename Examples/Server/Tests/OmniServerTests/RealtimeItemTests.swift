import OmniCore
import OmniPipeline
import Testing

@testable import OmniServer

/// Items and responses as clients make them.
@Suite struct RealtimeItemTests {
    private func message(_ parts: [JSON], role: String = "user", id: String? = nil) -> JSON {
        var message: [String: JSON] = ["type": "message", "role": .string(role), "content": .array(parts)]
        message["id"] = id.map { .string($0) }
        return .object(message)
    }

    private func text(_ text: String) -> JSON { ["type": "input_text", "text": .string(text)] }

    private func create(_ item: JSON, after previous: JSON? = nil) -> JSON {
        var event: [String: JSON] = ["type": "conversation.item.create", "item": item]
        event["previous_item_id"] = previous
        return .object(event)
    }

    private let taken = ["conversation.item.added", "conversation.item.done"]

    @Test func rootIsTheBeginning() {
        var script = RealtimeScript()
        #expect(script.tell(create(message([text("2")], id: "b"))) == taken)
        #expect(script.tell(create(message([text("1")], id: "a"), after: "root")) == taken)
        #expect(script.events.last?["previous_item_id"] == .null)
        #expect(script.tell(create(message([text("1½")], id: "c"), after: "a")) == taken)
        #expect(script.events.last?["previous_item_id"] == "a")
        #expect(script.machine.items.all.map(\.id) == ["a", "c", "b"])
        #expect(
            script.tell(create(message([text("3")]), after: "z")) == ["error item_create_invalid_previous_item_id"])
        #expect(script.events.last?["error"]?["param"] == "previous_item_id")
        script.tell(["type": "response.create"])
        #expect(script.question == .text("2"))
    }

    @Test(arguments: [
        (["What is", " your name?"], "What is your name?"), (["What is your", "name?"], "What is your name?"),
        (["Hello.\n", "Who are you?"], "Hello.\nWho are you?"), (["", "Hi", ""], "Hi"),
    ])
    func partsOfText(parts: [String], question: String) {
        var script = RealtimeScript()
        #expect(script.tell(create(message(parts.map(text)))) == taken)
        let content = script.events.last?["item"]?["content"]?.array
        #expect(content?.compactMap { $0["text"]?.string } == parts)
        script.tell(["type": "response.create"])
        #expect(script.question == .text(question))
    }

    @Test func partsOfAudio() {
        func audio(_ value: UInt8, _ count: Int) -> JSON {
            ["type": "input_audio", "audio": .string([UInt8](repeating: value, count: count).base64)]
        }
        var script = RealtimeScript()
        script.update(["audio": ["input": ["format": ["type": "audio/pcmu"]]]])
        #expect(script.tell(create(message([audio(1, 3_000), audio(2, 2_000)]))) == taken)
        script.tell(["type": "response.create"])
        #expect(
            script.question
                == .speech(
                    AudioChunk(
                        AudioFormat.pcmu.decode(Array(repeating: 1, count: 3_000) + Array(repeating: 2, count: 2_000)),
                        sampleRate: 8_000)))
        // Together they are no longer than one may be.
        #expect(script.tell(create(message([audio(1, 300_000), audio(1, 180_001)]))) == ["error invalid_value"])
        #expect(script.events.last?["error"]?["param"] == "item.content[1].audio")
        #expect(script.tell(create(message([audio(1, 3_000), text("And?")]))) == ["error unsupported_content"])
    }

    /// A recording in which nothing can have been said is refused where it comes, not when it is to be answered.
    @Test(arguments: [[0.1, 0], [], [0.3, 0.3, 0.3]] as [[Float]])
    func recordingsWithoutSpeech(pattern: [Float]) {
        // 50 ms of two samples in turn; and a second of the same one.
        let count = pattern.count == 2 ? 1_200 : 24_000
        let samples = (0..<count).map { pattern.isEmpty ? 0 : pattern[$0 % pattern.count] }
        let audio: JSON = ["type": "input_audio", "audio": .string(AudioFormat.pcm.encode(samples).base64)]
        var script = RealtimeScript()
        #expect(script.tell(create(message([audio]))) == ["error audio_too_short"])
        #expect(script.events.last?["error"]?["param"] == "item.content")
        script.tell(["type": "response.create", "response": ["input": [message([audio])]]])
        #expect(script.events.last?["error"]?["code"] == "audio_too_short")
        #expect(script.events.last?["error"]?["param"] == "response.input[0].content")
        #expect(script.machine.items.all.isEmpty && script.machine.response == nil)
    }

    /// The client has deleted the question: its transcript is not for it.
    @Test func transcriptsOfDeletedItems() {
        var script = RealtimeScript(turns: false)
        script.update(["input_audio_transcription": ["model": "whisper-1"]])
        script.append((0..<9_600).map { UInt8(truncatingIfNeeded: $0) })
        script.tell(["type": "input_audio_buffer.commit"])
        let (id, turn) = (script.events.last?["item"]?["id"] ?? "", TurnID(index: 0))
        #expect(script.hear(.transcript("Hel", turn)) == ["conversation.item.input_audio_transcription.delta"])
        #expect(script.tell(["type": "conversation.item.delete", "item_id": id]) == ["conversation.item.deleted"])
        #expect(script.hear(.transcript("lo", turn)) == [] && script.hear(.transcribed("Hello", turn)) == [])
        #expect(script.hear(.warning(.transcriptionSkipped(turn))) == [])
    }

    @Test func whatWasSaidEarlier() {
        var script = RealtimeScript()
        for type in ["output_text", "text"] {
            let item = message([["type": .string(type), "text": "Hello."]], role: "assistant")
            #expect(script.tell(create(item)) == taken)
        }
        let spoken = message([["type": "output_audio", "transcript": "Hello."]], role: "assistant")
        #expect(script.tell(create(spoken)) == taken)
        #expect(script.events.last?["item"]?["content"]?.array?.first?["transcript"] == "Hello.")
        #expect(script.tell(create(message([text("Be brief.")], role: "system"))) == taken)
        #expect(script.tell(create(message([["type": "input_image"]]))) == ["error unsupported_content"])
        #expect(
            script.tell(create(message([["type": "input_text", "text": "a", "x": 1]]))) == ["error unknown_parameter"])
        #expect(script.events.last?["error"]?["param"] == "item.content[0].x")
        #expect(
            script.tell(create(message([["type": "output_audio", "transcript": "a"]]))) == ["error unsupported_content"]
        )
    }

    /// An older question that comes late does not take the audio of the last.
    @Test func onlyTheLastQuestionIsHeard() {
        var script = RealtimeScript(turns: false)
        script.append([UInt8](repeating: 9, count: 9_600))
        script.tell(["type": "input_audio_buffer.commit"])
        let id = script.events.last?["item"]?["id"] ?? ""
        script.tell(create(message([text("Earlier.")]), after: "root"))
        let reference: JSON = ["type": "item_reference", "id": id]
        script.tell(["type": "response.create", "response": ["input": [reference]]])
        #expect(script.question == .lastTurn && script.committed?.samples.count == 4_800)
        _ = script.finish()
        script.tell(create(message([text("Later.")])))
        #expect(script.tell(["type": "response.create", "response": ["input": [reference]]]) == ["error no_question"])
    }

    @Test func metadataComesBack() {
        var script = RealtimeScript()
        let response: JSON = [
            "conversation": "none", "metadata": ["client_event_id": "e1"], "output_modalities": ["text"],
            "instructions": nil, "input": [message([text("What is your name?")])],
        ]
        let found = script.tell(["type": "response.create", "response": response])
        #expect(
            found == [
                "response.created", "response.output_item.added", "response.content_part.added", "[respond text]",
            ])
        #expect(script.events.first?["response"]?["metadata"]?["client_event_id"] == "e1")
        #expect(script.events.last?["part"]?["type"] == "text")
        script.say("Omni.")
        _ = script.finish()
        let done = script.events.last?["response"]
        #expect(done?["metadata"] == ["client_event_id": "e1"] && done?["conversation_id"] == nil)
        #expect(script.machine.items.all.isEmpty)
        for metadata in ["text", ["a": 1], ["a": .string(String(repeating: "b", count: 513))]] as [JSON] {
            #expect(
                script.tell(["type": "response.create", "response": ["metadata": metadata]]) == ["error invalid_value"])
        }
    }

    @Test func whatAResponseMayAskFor() {
        var script = RealtimeScript()
        script.update(["max_output_tokens": 50])
        script.tell(create(message([text("Hello?")])))
        script.tell(["type": "response.create"])
        #expect(
            script.stepLimit == 50
                && script.events.last { $0.type == "response.created" }?["response"]?["max_output_tokens"] == 50)
        _ = script.finish()
        let response: JSON = [
            "max_output_tokens": "inf", "temperature": 0.8, "tools": [], "tool_choice": "auto", "voice": "alloy",
            "audio": ["output": ["format": ["type": "audio/pcmu"], "voice": "marin"]], "conversation": "auto",
        ]
        script.tell(["type": "response.create", "response": response])
        #expect(script.stepLimit == nil)
        let said = script.events.last { $0.type == "response.created" }?["response"]
        #expect(said?["audio"]?["output"]?["format"]?["type"] == "audio/pcmu" && said?["conversation_id"] == "conv_t")
        #expect(script.events.last?["part"]?["type"] == "audio")
        _ = script.finish()
        for (wrong, code) in [
            (["foo": 1], "unknown_parameter"), (["tools": [["type": "function"]]], "unsupported_value"),
            (["conversation": "other"], "invalid_value"), (["input": []], "no_question"),
            (["input": [["type": "item_reference", "id": "z"]]], "invalid_value"),
            (["audio": ["input": [:]]], "unknown_parameter"),
        ] as [(JSON, String)] {
            #expect(script.tell(["type": "response.create", "response": wrong]) == ["error \(code)"])
        }
    }

    /// "Greet the user.": what a client asks for before anything was said.
    @Test func instructionsWhereThereIsNoQuestion() {
        var script = RealtimeScript()
        let greeting: JSON = ["type": "response.create", "response": ["instructions": "Greet the user."]]
        #expect(script.tell(greeting).last == "[respond audio]")
        #expect(script.question == .text("Greet the user."))
        _ = script.finish()
        script.tell(create(message([text("Who are you?")])))
        script.tell(greeting)
        #expect(script.question == .text("Who are you?"))
        _ = script.finish()
        script.tell(greeting)
        #expect(script.question == .text("Greet the user."))
        _ = script.finish()
        script.tell(["type": "response.create", "response": ["instructions": ""]])
        #expect(script.question == .text("Who are you?"))
        _ = script.finish()
        // A question waits, also behind what the system says.
        script.tell(create(message([text("What day is it?")])))
        script.tell(create(message([text("Be brief.")], role: "system")))
        script.tell(greeting)
        #expect(script.question == .text("What day is it?"))
        _ = script.finish()
        // An empty input: the conversation is left out.
        script.tell(create(message([text("Who are you?")])))
        script.tell(["type": "response.create", "response": ["input": [], "instructions": "Greet the user."]])
        #expect(script.question == .text("Greet the user."))
        let long = JSON.string(String(repeating: "a", count: 4_097))
        script.tell(["type": "response.cancel"])
        #expect(
            script.tell(["type": "response.create", "response": ["instructions": long]]) == ["error invalid_value"])
    }

    /// Audio of so many seconds, as the client sends it during silence.
    private func wait(_ seconds: Int, _ script: inout RealtimeScript) -> [String] {
        (0..<seconds).flatMap { _ in script.tell(["type": "input_audio_buffer.append", "audio": RealtimeScript.second])
        }
        .filter { $0 != "[push]" }
    }

    /// Silence in another format is counted anew: samples of two rates are no audio.
    @Test func silenceIsOfOneFormat() {
        var script = RealtimeScript()
        script.update(["turn_detection": ["type": "server_vad", "idle_timeout_ms": 5_000]])
        _ = script.turnEnded(milliseconds: 0)
        _ = script.finish()
        #expect(wait(4, &script) == [])
        script.update(["audio": ["input": ["format": ["type": "audio/pcmu"]]]])
        let second = JSON.string([UInt8](repeating: 255, count: 8_000).base64)
        let found = (0..<5).map { _ in script.tell(["type": "input_audio_buffer.append", "audio": second]) }
        #expect(found.dropLast().allSatisfy { $0 == ["[push]"] })
        #expect(found.last?.first == "input_audio_buffer.timeout_triggered")
        #expect(script.question == .lastTurn)
        #expect(script.committed?.sampleRate == 8_000 && script.committed?.duration == .seconds(5))
    }

    /// Of a silence that is longer than the model hears, the last part is its question.
    @Test func silenceThatIsTooLong() {
        var script = RealtimeScript(longestQuestion: .seconds(2))
        script.update(["turn_detection": ["type": "server_vad", "idle_timeout_ms": 5_000]])
        _ = script.turnEnded(milliseconds: 0)
        _ = script.finish()
        #expect(wait(4, &script) == [])
        let last = JSON.string([UInt8](repeating: 1, count: 48_000).base64)
        let found = script.tell(["type": "input_audio_buffer.append", "audio": last])
        #expect(found.first == "input_audio_buffer.timeout_triggered")
        let triggered = script.events.last { $0.type.hasSuffix("timeout_triggered") }
        #expect(triggered?["audio_start_ms"] == 0 && triggered?["audio_end_ms"] == 5_000)
        #expect(script.committed?.duration == .seconds(2))
        #expect(script.committed?.samples.last != 0 && script.committed?.samples.first == 0)
    }

    @Test func aSilentClientIsSpokenTo() {
        var script = RealtimeScript()
        script.update([
            "turn_detection": ["type": "server_vad", "idle_timeout_ms": 5_000],
            "input_audio_transcription": ["model": "a"],
        ])
        // Not before there was a response.
        #expect(wait(20, &script) == [])
        _ = script.speechStarted(milliseconds: 19_000)
        _ = script.turnEnded(milliseconds: 20_000)
        script.audio(seconds: 3)
        _ = script.finish()
        // Three seconds to play the reply, and five of silence.
        #expect(wait(7, &script) == [])
        let found = wait(1, &script)
        #expect(found.prefix(2) == ["input_audio_buffer.timeout_triggered", "input_audio_buffer.committed"])
        #expect(found.contains("response.created") && found.last == "[respond audio]")
        let triggered = script.events.last { $0.type.hasSuffix("timeout_triggered") }
        #expect(triggered?["audio_start_ms"] == 23_000 && triggered?["audio_end_ms"] == 28_000)
        #expect(script.question == .lastTurn && script.committed?.duration == .seconds(5))
        // And again, until there is speech.
        _ = script.finish()
        #expect(wait(4, &script) == [])
        _ = script.speechStarted(milliseconds: 32_000)
        #expect(wait(9, &script) == [])
        // A noise: the silence is counted from its end.
        _ = script.speechDropped(milliseconds: 41_000)
        #expect(wait(4, &script) == [])
        #expect(wait(1, &script).first == "input_audio_buffer.timeout_triggered")
    }
}
