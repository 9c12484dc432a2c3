import OmniPipeline
import OmniWhisper
import Testing

@testable import OmniServer

/// `session.update`: all of it or nothing, and what is in force is said.
@Suite struct SessionUpdateTests {
    /// What stock clients send with their defaults.
    static let stockUpdates: [JSON] = [
        // LiveKit's plugin.
        [
            "type": "realtime", "model": "gpt-realtime", "output_modalities": ["audio"],
            "audio": [
                "input": [
                    "format": ["type": "audio/pcm", "rate": 24_000], "noise_reduction": nil,
                    "transcription": ["model": "gpt-4o-mini-transcribe"],
                    "turn_detection": [
                        "type": "semantic_vad", "create_response": true, "eagerness": "medium",
                        "interrupt_response": true,
                    ],
                ],
                "output": ["format": ["type": "audio/pcm", "rate": 24_000], "speed": 1.0, "voice": "marin"],
            ],
            "max_output_tokens": "inf", "tool_choice": "auto", "tracing": nil,
        ],
        ["type": "realtime", "model": "gpt-realtime", "tools": []],
        ["type": "realtime", "instructions": "You are a helpful voice assistant."],
        // OpenAI's agents.
        [
            "type": "realtime", "model": "gpt-realtime-2.1", "output_modalities": ["audio"], "tools": [],
            "instructions": "Be brief.",
            "audio": [
                "input": [
                    "format": ["type": "audio/pcm", "rate": 24_000],
                    "transcription": ["model": "gpt-4o-mini-transcribe"],
                    "turn_detection": ["type": "semantic_vad", "interrupt_response": true],
                ],
                "output": ["format": ["type": "audio/pcm", "rate": 24_000], "voice": "ash"],
            ],
        ],
        ["type": "realtime", "model": "gpt-realtime-2.1", "tracing": "auto"],
        // Pipecat's service.
        ["type": "realtime", "model": "gpt-realtime-2.1"],
        [
            "type": "realtime", "model": "gpt-realtime-2.1", "tools": [],
            "audio": [
                "input": [
                    "transcription": ["model": "gpt-realtime-whisper", "language": "en", "prompt": "Names: Omni"],
                    "noise_reduction": ["type": "near_field"],
                    "turn_detection": [
                        "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500,
                    ],
                ]
            ],
        ],
        // Hints of all kinds.
        [
            "instructions": "Be kind.", "temperature": 0.8, "tool_choice": "none", "parallel_tool_calls": true,
            "truncation": ["type": "retention_ratio", "retention_ratio": 0.8], "prompt": ["id": "pmpt_1"],
            "reasoning": ["effort": "low"], "include": ["item.input_audio_transcription.logprobs"],
            "tracing": ["workflow_name": "demo"], "max_output_tokens": nil, "audio": ["output": ["voice": ["id": "v"]]],
        ],
    ]

    @Test(arguments: stockUpdates) func stockClientsAreUnderstood(session: JSON) {
        var script = RealtimeScript()
        let found = script.update(session)
        #expect(found.first == "session.updated" && !found.contains { $0.hasPrefix("error") }, "\(script.events)")
        // Whatever was asked for, the session says what is.
        let audio = script.session?["audio"]
        #expect(script.session?["model"] == "omni" && script.session?["instructions"] == "")
        #expect(script.session?["tools"] == [] && script.session?["tool_choice"] == "none")
        #expect(audio?["output"]?["voice"] == "omni" && audio?["output"]?["speed"] == 1)
        #expect(audio?["input"]?["noise_reduction"] == nil)
        if let transcription = audio?["input"]?["transcription"] { #expect(transcription["model"] == "omni") }
    }

    /// The flat names of the API's beta version mean the same.
    @Test func olderNames() {
        var script = RealtimeScript()
        let found = script.update([
            "modalities": ["text", "audio"], "voice": "alloy", "input_audio_format": "g711_ulaw",
            "output_audio_format": "g711_alaw", "turn_detection": nil, "temperature": 0.8, "speed": 1,
            "input_audio_transcription": ["model": "whisper-1"], "input_audio_noise_reduction": nil,
            "max_response_output_tokens": 200,
        ])
        #expect(found == ["session.updated"])
        let settings = script.machine.settings
        #expect(script.settings == settings)
        #expect(settings.inputFormat == .pcmu && settings.outputFormat == .pcma && settings.turns == nil)
        #expect(settings.transcribesInput && settings.modality == .audio && settings.maximumStepCount == 200)
        #expect(script.session?["max_output_tokens"] == 200)
    }

    /// What the server says a session is may be sent back.
    @Test(arguments: ["realtime", "transcription"]) func theSessionItselfIsAnUpdate(type: String) throws {
        var script = RealtimeScript()
        script.update(["type": .string(type)])
        let settings = script.machine.settings
        let session = try #require(script.session)
        #expect(script.update(session) == ["session.updated"])
        #expect(script.machine.settings == settings && script.session == session)
    }

    /// A value that cannot be honoured refuses all of an update, and the error says where it is.
    @Test(
        arguments: [
            (["output_modalities": ["text"], "tools": [["type": "function"]]], "unsupported_value", "session.tools"),
            (["tool_choice": "required"], "unsupported_value", "session.tool_choice"),
            (["audio": ["output": ["speed": 1.5]]], "unsupported_value", "session.audio.output.speed"),
            (["speed": "fast"], "invalid_value", "session.speed"),
            (["audio": ["output": ["voice": 7]]], "invalid_value", "session.audio.output.voice"),
            (["instructions": 7], "invalid_value", "session.instructions"),
            (["temperature": 9], "invalid_value", "session.temperature"),
            (["include": "all"], "invalid_value", "session.include"),
            (["max_output_tokens": 0], "invalid_value", "session.max_output_tokens"),
            (["type": "translation"], "invalid_value", "session.type"),
            (
                ["audio": ["input": ["format": ["type": "audio/mp3"]]]], "invalid_value",
                "session.audio.input.format.type"
            ),
            (["input_audio_format": "mp3"], "invalid_value", "session.input_audio_format"),
            (["audio": ["input": [:]], "voice": "alloy"], "invalid_value", "session.voice"),
            (
                ["audio": ["input": ["turn_detection": ["type": "none"]]]], "invalid_value",
                "session.audio.input.turn_detection.type"
            ),
            (
                ["turn_detection": ["type": "server_vad", "threshold": 2]], "invalid_value",
                "session.turn_detection.threshold"
            ),
            (
                ["turn_detection": ["type": "server_vad", "idle_timeout_ms": 100]], "invalid_value",
                "session.turn_detection.idle_timeout_ms"
            ),
            (
                ["turn_detection": ["type": "semantic_vad", "eagerness": "eager"]], "invalid_value",
                "session.turn_detection.eagerness"
            ),
            (
                ["turn_detection": ["type": "semantic_vad", "threshold": 0.5]], "unknown_parameter",
                "session.turn_detection.threshold"
            ),
            (
                ["turn_detection": ["type": "server_vad", "eagerness": "low"]], "unknown_parameter",
                "session.turn_detection.eagerness"
            ),
            (["voices": "alloy"], "unknown_parameter", "session.voices"),
            (["audio": ["inputs": [:]]], "unknown_parameter", "session.audio.inputs"),
            (["audio": ["input": ["voice": "alloy"]]], "unknown_parameter", "session.audio.input.voice"),
            (
                ["audio": ["output": ["turn_detection": nil]]], "unknown_parameter",
                "session.audio.output.turn_detection"
            ),
            (
                ["input_audio_transcription": ["model": "whisper-1", "enabled": true]], "unknown_parameter",
                "session.input_audio_transcription.enabled"
            ),
            (["type": "transcription", "instructions": "Write."], "unknown_parameter", "session.instructions"),
            (["type": "transcription", "audio": ["output": [:]]], "unknown_parameter", "session.audio.output"),
        ] as [(JSON, String, String)])
    func oneWrongFieldRefusesTheUpdate(session: JSON, code: String, parameter: String) {
        var script = RealtimeScript()
        let settings = script.machine.settings
        let found = script.tell(["type": "session.update", "event_id": "mine", "session": session])
        #expect(found == ["error \(code)"])
        let error = script.events.last?["error"]
        #expect(error?["param"]?.string == parameter && error?["event_id"] == "mine")
        #expect(script.machine.settings == settings)
    }

    @Test(arguments: zip(["low", "medium", "high", "auto", nil], [1_000, 500, 300, 500, 500]))
    func eagernessIsASilence(name: String?, milliseconds: Int) throws {
        var script = RealtimeScript()
        var detection: [String: JSON] = ["type": "semantic_vad"]
        if let name { detection["eagerness"] = .string(name) }
        script.update(["audio": ["input": ["turn_detection": .object(detection)]]])
        let turns = try #require(script.machine.settings.turns)
        #expect(turns.turnSettings(hasTurnModel: false).silence == .milliseconds(milliseconds))
        #expect(turns.turnSettings(hasTurnModel: false).semantic == nil)
        // A model of turn ends judges, and eagerness is how long its judgement counts.
        let judged = turns.turnSettings(hasTurnModel: true)
        #expect(judged.silence == .milliseconds(500) && judged.semantic?.eagerness.rawValue == name ?? "auto")
        let said = script.session?["audio"]?["input"]?["turn_detection"]
        #expect(said?["type"] == "semantic_vad" && said?["eagerness"]?.string == name ?? "auto")
    }

    /// Fields of a kind of detection stay while the kind does.
    @Test func turnDetectionIsMerged() {
        var script = RealtimeScript()
        script.update(["turn_detection": ["type": "server_vad", "threshold": 0.7, "idle_timeout_ms": 6_000]])
        script.update(["turn_detection": ["silence_duration_ms": 200, "create_response": false]])
        var detection = TurnDetection()
        detection.createsResponse = false
        detection.method = .serverVAD(.init(threshold: 0.7, silence: .milliseconds(200), idleTimeout: .seconds(6)))
        #expect(script.machine.settings.turns == detection)
        script.update(["turn_detection": ["type": "semantic_vad"]])
        script.update(["turn_detection": ["type": "server_vad"]])
        #expect(script.machine.settings.turns?.method == .serverVAD(.init()))
        #expect(script.machine.settings.turns?.createsResponse == false)
    }

    @Test func sessionsThatOnlyWriteDown() {
        var script = RealtimeScript()
        #expect(script.update(["type": "transcription"]) == ["session.updated"])
        #expect(script.session?["type"] == "transcription" && script.session?["audio"]?["output"] == nil)
        _ = script.speechStarted(milliseconds: 200)
        #expect(
            script.turnEnded(milliseconds: 900) == [
                "input_audio_buffer.speech_stopped", "input_audio_buffer.committed", "conversation.item.added",
                "conversation.item.done",
            ])
        #expect(script.settings?.transcribesInput == true)
        let item = script.events.last?["item"]?["id"]
        let turn = TurnID(index: 0)
        #expect(
            script.hear(.transcript("Hel", turn)) == ["conversation.item.input_audio_transcription.delta"]
                && script.hear(.transcribed("Hello.", turn)) == [
                    "conversation.item.input_audio_transcription.completed"
                ])
        #expect(script.events.last?["item_id"] == item && script.events.last?["usage"]?["seconds"] == 0.9)
        #expect(
            script.hear(.warning(.transcriptionSkipped(turn)))
                == ["conversation.item.input_audio_transcription.failed"])
        #expect(script.hear(.transcribed("Hello.", TurnID(index: 7))) == [])
        #expect(script.tell(["type": "response.create"]) == ["error invalid_state"])
        #expect(script.update(["type": "realtime"]) == ["session.updated"])
        #expect(script.tell(["type": "response.create"]).contains("response.created"))
        #expect(script.update(["type": "transcription"]) == ["error invalid_state"])
        // A connection may ask for it at once.
        let machine = RealtimeMachine(id: "t", model: "omni", kind: .transcription)
        #expect(machine.settings.kind == .transcription && machine.settings.transcribesInput)
    }

    /// Text may come while a turn is spoken: its item is known from the beginning of the speech.
    @Test func transcriptsOfTurnsInProgress() {
        var script = RealtimeScript()
        script.update(["type": "transcription"])
        _ = script.speechStarted(milliseconds: 200)
        let item = script.events.last?["item_id"]
        #expect(
            script.hear(.transcript("Hel", TurnID(index: 0))) == ["conversation.item.input_audio_transcription.delta"])
        #expect(item != nil && script.events.last?["item_id"] == item && script.events.last?["delta"] == "Hel")
    }

    @Test func languageAndPromptOfATranscriber() {
        var script = RealtimeScript()
        let english: JSON = ["input_audio_transcription": ["model": "whisper-1", "language": "de", "prompt": "Omni"]]
        // The language model knows one language.
        script.update(english)
        #expect(script.session?["audio"]?["input"]?["transcription"]?["language"] == "en")
        #expect(script.session?["audio"]?["input"]?["transcription"]?["prompt"] == "")
        script.machine = RealtimeMachine(
            id: "t", model: "omni", languages: WhisperLanguage.all.filter { ["en", "de"].contains($0.code) })
        script.update(english)
        #expect(script.settings?.language?.code == "de" && script.settings?.prompt == "Omni")
        #expect(script.session?["audio"]?["input"]?["transcription"]?["language"] == "de")
        #expect(script.update(["input_audio_transcription": ["language": "fr"]]) == ["error invalid_value"])
        #expect(script.settings?.language?.code == "de")
        script.update(["input_audio_transcription": ["language": nil]])
        #expect(script.settings?.language == nil && script.settings?.prompt == "Omni")
        let long = String(repeating: "a", count: 5000)
        #expect(script.update(["input_audio_transcription": ["prompt": .string(long)]]) == ["error invalid_value"])
    }

    @Test func namesOfEvents() {
        var script = RealtimeScript()
        script.tell(["type": "response.create", "event_id": "first"])
        #expect(script.events.last?["error"]?["event_id"] == "first")
        script.tell(["type": "none", "event_id": "second"])
        #expect(script.events.last?["error"]?["event_id"] == "second")
        let long = JSON.string(String(repeating: "e", count: 513))
        #expect(script.tell(["type": "input_audio_buffer.clear", "event_id": long]) == ["error invalid_value"])
        #expect(script.events.last?["error"]?["event_id"] == nil)
        // Nothing long is sent back.
        script.update([String(repeating: "k\u{301}", count: 1_000_000): 1])
        #expect((script.events.last?["error"]?["message"]?.string?.utf8.count ?? 0) < 200)
    }
}

extension TurnDetection.ServerVAD {
    fileprivate init(
        threshold: Double = 0.5, silence: Duration = .milliseconds(500), idleTimeout: Duration? = nil
    ) {
        self.init()
        (self.threshold, self.silence, self.idleTimeout) = (threshold, silence, idleTimeout)
    }
}
