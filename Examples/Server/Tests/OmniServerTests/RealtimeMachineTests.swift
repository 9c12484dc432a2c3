import OmniCore
import OmniPipeline
import OmniTesting
import Testing

@testable import OmniServer

/// The order of events, and what cannot be done.
@Suite struct RealtimeMachineTests {
    private let beginning = [
        "response.created", "response.output_item.added", "conversation.item.added", "response.content_part.added",
        "[respond audio]",
    ]
    private let end = [
        "response.output_audio.done", "response.output_audio_transcript.done", "response.content_part.done",
        "response.output_item.done", "conversation.item.done", "response.done",
    ]
    private let committed = ["input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"]

    @Test func aTurnFoundByTheServer() {
        var script = RealtimeScript()
        #expect(script.tell(["type": "input_audio_buffer.append", "audio": RealtimeScript.second]) == ["[push]"])
        #expect(script.speechStarted(milliseconds: 200) == ["input_audio_buffer.speech_started"])
        let item = script.events.last?["item_id"]
        #expect(
            script.turnEnded(milliseconds: 900)
                == ["input_audio_buffer.speech_stopped"] + committed + beginning.dropLast())
        #expect(script.events.first { $0.type == "input_audio_buffer.committed" }?["item_id"] == item)
        #expect(script.events.last { $0.type == "response.output_item.added" }?["item"]?["status"] == "in_progress")
        #expect(script.tell(["type": "input_audio_buffer.commit"]) == ["error input_audio_buffer_commit_empty"])
        #expect(script.reply(.text("Hi")) == ["response.output_audio_transcript.delta"])
        script.audio(seconds: 0.5)
        #expect(script.events.last?.type == "response.output_audio.delta")
        #expect(script.finish() == end)
        let response = script.events.last?["response"]
        #expect(response?["status"] == "completed")
        #expect(response?["output"]?.array?.first?["content"]?.array?.first?["transcript"] == "Hi")
    }

    @Test func aQuestionThatIsTooLong() {
        var script = RealtimeScript()
        _ = script.turnEnded(milliseconds: 900)
        #expect(
            script.reply(.warning(.questionCut(heard: .seconds(30), of: .seconds(45)))) == ["error audio_too_long"])
        // The response goes on.
        #expect(script.reply(.text("Hi")) == ["response.output_audio_transcript.delta"])
        #expect(script.finish() == end)
    }

    @Test func pushToTalk() {
        var script = RealtimeScript(turns: false)
        #expect(script.tell(["type": "input_audio_buffer.append", "audio": RealtimeScript.second]) == ["[push]"])
        #expect(script.tell(["type": "input_audio_buffer.commit"]) == committed)
        #expect(script.tell(["type": "response.create"]) == beginning)
        #expect(script.tell(["type": "input_audio_buffer.commit"]) == ["error input_audio_buffer_commit_empty"])
    }

    /// The conversation stops a reply by itself, or, before that has begun, is told to.
    @Test(arguments: [true, false]) func speechInterrupts(hasBegun: Bool) {
        var script = RealtimeScript()
        _ = script.turnEnded(milliseconds: 900)
        script.audio(seconds: 1)
        if hasBegun { #expect(script.interrupted() == []) }
        #expect(
            script.speechStarted(milliseconds: 2_000)
                == ["input_audio_buffer.speech_started"] + (hasBegun ? [] : ["[stop]"]) + end)
        #expect(script.events.last?["response"]?["status_details"]?["reason"] == "turn_detected")
        // What was under way when it was stopped is not heard of.
        #expect(script.reply(.text("more")) == [] && script.finish() == [])
    }

    @Test func speechThatMayNotInterrupt() {
        var script = RealtimeScript()
        script.tell([
            "type": "session.update",
            "session": ["audio": ["input": ["turn_detection": ["type": "server_vad", "interrupt_response": false]]]],
        ])
        _ = script.turnEnded(milliseconds: 900)
        #expect(script.speechStarted(milliseconds: 2_000) == ["input_audio_buffer.speech_started"])
        // The turn that ends while a reply is under way enters the conversation, and is not answered.
        #expect(
            script.turnEnded(milliseconds: 2_900)
                == ["input_audio_buffer.speech_stopped"] + committed + ["[stop]"])
    }

    @Test func cancel() {
        var script = RealtimeScript()
        #expect(script.tell(["type": "response.cancel"]) == ["error response_cancel_not_active"])
        _ = script.turnEnded(milliseconds: 900)
        #expect(
            script.tell(["type": "response.cancel", "response_id": "other"]) == ["error response_cancel_not_active"])
        #expect(script.tell(["type": "response.create"]) == ["error conversation_already_has_active_response"])
        #expect(script.tell(["type": "response.cancel"]) == ["[stop]"] + end)
        #expect(script.tell(["type": "response.create"]) == beginning)
    }

    @Test func truncate() {
        var script = RealtimeScript()
        _ = script.turnEnded(milliseconds: 900)
        script.say("Hello there")
        script.audio(seconds: 1.5)
        _ = script.finish()
        let answer = script.events.last?["response"]?["output"]?.array?.first?["id"] ?? ""
        func truncate(_ milliseconds: Int, _ item: JSON, index: JSON = 0) -> JSON {
            [
                "type": "conversation.item.truncate", "item_id": item, "content_index": index,
                "audio_end_ms": .integer(milliseconds),
            ]
        }
        #expect(script.tell(truncate(1_501, answer)) == ["error invalid_value"])
        #expect(script.tell(truncate(1_000, answer, index: 1)) == ["error invalid_value"])
        #expect(script.tell(truncate(1_000, "item_none")) == ["error item_truncate_invalid_item_id"])
        #expect(script.tell(truncate(1_000, answer)) == ["conversation.item.truncated"])
        #expect(
            script.tell(["type": "conversation.item.retrieve", "item_id": answer]) == ["conversation.item.retrieved"])
        let content = script.events.last?["item"]?["content"]?.array?.first
        #expect(content?["type"] == "output_audio" && content?["transcript"] == nil)
    }

    /// What was truncated while it was made stays so, whatever is still made of it.
    @Test(arguments: [true, false]) func truncateWhatIsMade(isCancelled: Bool) {
        var script = RealtimeScript()
        _ = script.turnEnded(milliseconds: 900)
        script.say("Hello")
        script.audio(seconds: 1)
        let item = script.events.first { $0.type == "response.output_item.added" }?["item"]?["id"] ?? ""
        let truncate: JSON = [
            "type": "conversation.item.truncate", "item_id": item, "content_index": 0, "audio_end_ms": 300,
        ]
        #expect(script.tell(truncate) == ["conversation.item.truncated"])
        #expect(script.reply(.text(" there")) == ["response.output_audio_transcript.delta"])
        script.audio(seconds: 1)
        _ = isCancelled ? script.tell(["type": "response.cancel"]) : script.finish()
        let output = script.events.last?["response"]?["output"]?.array?.first
        #expect(output?["id"] == item && output?["content"]?.array?.first?["type"] == "output_audio")
        #expect(output?["content"]?.array?.first?["transcript"] == nil)
        script.tell(["type": "conversation.item.retrieve", "item_id": item])
        #expect(script.events.last?["item"]?["content"]?.array?.first?["transcript"] == nil)
        let later: JSON = [
            "type": "conversation.item.truncate", "item_id": item, "content_index": 0, "audio_end_ms": 301,
        ]
        #expect(script.tell(later) == ["error invalid_value"])
    }

    /// A response that was stopped says what it has cost so far.
    @Test func usageOfWhatWasStopped() {
        var script = RealtimeScript()
        _ = script.turnEnded(milliseconds: 900)
        script.reply(.started(ReplyStart(mode: .speechToSpeech, questionDuration: .seconds(1), promptLength: 58)))
        script.say("Hello")
        script.say(" there")
        script.audio(seconds: 0.5)
        _ = script.tell(["type": "response.cancel"])
        // 12 000 samples in frames of 2048.
        #expect(
            script.events.last?["response"]?["usage"]
                == ["input_tokens": 58, "output_tokens": 6, "total_tokens": 64])
        _ = script.turnEnded(milliseconds: 1_900)
        script.say("Hello")
        _ = script.tell(["type": "response.cancel"])
        #expect(script.events.last?["response"]?["usage"]?["output_tokens"] == 1)
    }

    /// A response is asked for while the user speaks: the conversation keeps what was said, and goes on with it.
    @Test func aTurnThatGoesOn() {
        var script = RealtimeScript()
        _ = script.speechStarted(milliseconds: 200)
        let item = script.events.last?["item_id"]
        #expect(askBeside(&script) == ["[respond audio]"])
        // The same speech, as a turn of its own.
        #expect(script.speechStarted(milliseconds: 200) == ["[stop]"] + end.filter { $0 != "conversation.item.done" })
        #expect(script.turnEnded(milliseconds: 900).prefix(2) == ["input_audio_buffer.speech_stopped", committed[0]])
        let events = script.events.filter { $0.type.hasPrefix("input_audio_buffer.") }
        #expect(events.map(\.type).count { $0.hasSuffix("speech_started") } == 1)
        #expect(item != nil && events.allSatisfy { $0["item_id"] == item }, "\(events)")
    }

    /// The same, and the user falls silent: the client is told at the next speech, or after a while.
    @Test(arguments: [true, false]) func aTurnThatDoesNotGoOn(speaksAgain: Bool) {
        var script = RealtimeScript()
        script.tell(["type": "input_audio_buffer.append", "audio": RealtimeScript.second])
        _ = script.speechStarted(milliseconds: 200)
        let item = script.events.last?["item_id"]
        #expect(askBeside(&script) == ["[respond audio]"])
        let dropped = ["input_audio_buffer.speech_stopped", "input_audio_buffer.cleared"]
        func wait() -> [String] {
            script.tell(["type": "input_audio_buffer.append", "audio": RealtimeScript.second])
        }
        #expect(wait() == ["[push]"])
        if speaksAgain {
            let found = script.speechStarted(milliseconds: 1_500)
            #expect(Array(found.prefix(3)) == dropped + ["input_audio_buffer.speech_started"])
            #expect(script.events.first { $0.type == "input_audio_buffer.speech_stopped" }?["item_id"] == item)
        } else {
            #expect(wait() == dropped + ["[push]"])
            #expect(script.events.last { $0.type == dropped[0] }?["item_id"] == item)
            #expect(script.events.last { $0.type == dropped[0] }?["audio_end_ms"] == 900)
            #expect(wait() == ["[push]"])
        }
    }

    /// Speech may not stop a reply: the conversation forgets what it drops.
    @Test func aTurnThatGivesWay() {
        var script = RealtimeScript()
        script.update(["turn_detection": ["interrupt_response": false]])
        _ = script.speechStarted(milliseconds: 200)
        #expect(
            askBeside(&script)
                == ["input_audio_buffer.speech_stopped", "input_audio_buffer.cleared", "[respond audio]"])
    }

    /// A client asks for a response beside the conversation, whose speaker speaks.
    ///
    /// - Returns: what is said of the input, and the command.
    private func askBeside(_ script: inout RealtimeScript) -> [String] {
        script.dropsSpeech = true
        let text: JSON = ["type": "input_text", "text": "Who are you?"]
        let question: JSON = ["type": "message", "role": "user", "content": [text]]
        return script.tell(["type": "response.create", "response": ["conversation": "none", "input": [question]]])
            .filter { !$0.hasPrefix("response.") }
    }

    @Test func itemsAndTexts() {
        var script = RealtimeScript()
        #expect(script.tell(["type": "response.create"]) == ["error no_question"])
        let message: JSON = [
            "type": "message", "role": "user", "id": "mine", "content": [["type": "input_text", "text": "Hello?"]],
        ]
        let create: JSON = ["type": "conversation.item.create", "item": message]
        #expect(script.tell(create) == ["conversation.item.added", "conversation.item.done"])
        #expect(script.tell(create) == ["error item_create_duplicate_item_id"])
        let texts = script.tell(["type": "response.create", "response": ["output_modalities": ["text"]]])
        #expect(texts.last == "[respond text]")
        #expect(script.reply(.text("Hi")) == ["response.output_text.delta"])
        #expect(script.finish(.reachedLimit).first == "response.output_text.done")
        #expect(script.events.last?["response"]?["status"] == "incomplete")
        let delete: JSON = ["type": "conversation.item.delete", "item_id": "mine"]
        #expect(script.tell(delete) == ["conversation.item.deleted"])
        #expect(script.tell(delete) == ["error item_delete_invalid_item_id"])
    }

    @Test func withoutADetector() {
        var script = RealtimeScript()
        script.machine = RealtimeMachine(id: "t", model: "omni", findsTurns: false)
        #expect(script.take(script.machine.begin()) == ["session.created"])
        let update: JSON = [
            "type": "session.update",
            "session": ["audio": ["input": ["turn_detection": ["type": "server_vad"]]]],
        ]
        #expect(script.tell(update) == ["error unsupported_value"])
        #expect(script.tell(["type": "input_audio_buffer.append", "audio": RealtimeScript.second]) == ["[push]"])
        #expect(script.tell(["type": "input_audio_buffer.commit"]) == committed)
    }

    @Test func failures() {
        var script = RealtimeScript()
        _ = script.turnEnded(milliseconds: 900)
        let actions = script.hear(.replyFailed(script.reply, APIError.full(retryAfter: .seconds(3))))
        #expect(actions == ["error server_full"] + end)
        #expect(script.events.last?["response"]?["status"] == "failed")
        #expect(script.events.first { $0.type == "error" }?["error"]?["retry_after_ms"] == 3_000)
    }

    @Test func telephony() throws {
        var script = RealtimeScript()
        let format: JSON = ["format": ["type": "audio/pcmu"]]
        #expect(
            script.tell(["type": "session.update", "session": ["audio": ["input": format, "output": format]]])
                == ["session.updated"])
        _ = script.turnEnded(milliseconds: 900)
        script.audio(seconds: 1)
        _ = script.finish()
        let byteCount = script.events.filter { $0.type == "response.output_audio.delta" }
            .compactMap { $0["delta"]?.string }.compactMap { try? base64Count($0) }.reduce(0, +)
        #expect(byteCount == 8_000)
    }

    private func base64Count(_ text: String) throws -> Int {
        try #require([UInt8](base64: text)).count
    }

    @Test func whatWaitsIsBounded() {
        var script = RealtimeScript(turns: false)
        for _ in 0..<RealtimeMachine.maximumBufferedSeconds {
            #expect(script.tell(["type": "input_audio_buffer.append", "audio": RealtimeScript.second]) == ["[push]"])
        }
        #expect(
            script.tell(["type": "input_audio_buffer.append", "audio": RealtimeScript.second])
                == ["error input_audio_buffer_full"])
        #expect(script.tell(["type": "input_audio_buffer.clear"]) == ["input_audio_buffer.cleared"])
        for index in 0..<600 {
            script.tell([
                "type": "conversation.item.create",
                "item": [
                    "type": "message", "role": "user",
                    "content": [["type": "input_text", "text": .string("\(index)")]],
                ],
            ])
        }
        #expect(script.machine.items.all.count == ConversationItems.maximumCount)
    }

    /// What a client puts into a conversation is kept: it has a size.
    @Test func whatIsKeptIsBounded() {
        var script = RealtimeScript()
        func create(_ text: Int, _ name: Int, seconds: Int = 0) -> JSON {
            let audio = JSON.string((0..<seconds * 48_000).map { UInt8(truncatingIfNeeded: $0) }.base64)
            let content: JSON =
                seconds == 0
                ? ["type": "input_text", "text": .string(String(repeating: "é", count: text))]
                : ["type": "input_audio", "audio": audio]
            let item: JSON = [
                "type": "message", "role": "user", "id": .string(String(repeating: "i", count: name)),
                "content": [content],
            ]
            return ["type": "conversation.item.create", "item": item]
        }
        let taken = ["conversation.item.added", "conversation.item.done"]
        #expect(script.tell(create(4_096, 64)) == taken)
        #expect(script.tell(create(4_097, 1)) == ["error invalid_value"])
        #expect(script.tell(create(100_000, 1)) == ["error invalid_value"])
        #expect(script.tell(create(1, 65)) == ["error invalid_value"])
        #expect(script.tell(create(1, 0)) == ["error invalid_value"])
        #expect(script.tell(create(0, 2, seconds: 60)) == taken)
        #expect(script.tell(create(0, 3, seconds: 61)) == ["error invalid_value"])
    }

    @Test(
        arguments: [
            ["no": "type"], ["type": 7], ["type": "response.destroy"], ["type": "session.update"],
            ["type": "session.update", "session": ["audio": ["input": ["format": ["type": "audio/mp3"]]]]],
            [
                "type": "session.update",
                "session": ["audio": ["input": ["format": ["type": "audio/pcm", "rate": 8000]]]],
            ],
            ["type": "session.update", "session": ["tools": [["type": "function"]]]],
            ["type": "session.update", "session": ["output_modalities": ["audio", "video"]]],
            ["type": "session.update", "session": ["output_modalities": []]],
            ["type": "session.update", "session": ["type": "translation"]],
            [
                "type": "session.update",
                "session": ["audio": ["input": ["turn_detection": ["type": "server_vad", "threshold": 2]]]],
            ],
            ["type": "input_audio_buffer.append"], ["type": "input_audio_buffer.append", "audio": "%"],
            ["type": "conversation.item.create", "item": ["type": "function_call"]],
            ["type": "conversation.item.create", "item": ["type": "message", "role": "user", "content": []]],
            ["type": "conversation.item.truncate", "item_id": "a", "content_index": -1, "audio_end_ms": 0],
            ["type": "response.create", "response": ["max_output_tokens": 0]],
            ["type": "response.create", "response": ["output_modalities": "audio"]],
            [], "text", nil,
        ] as [JSON])
    func whatMakesNoSense(json: JSON) {
        var script = RealtimeScript()
        let settings = script.machine.settings
        let found = script.tell(json)
        #expect(found.count == 1 && found[0].hasPrefix("error "))
        #expect(script.machine.settings == settings && script.machine.items.all.isEmpty)
    }

    /// Every event in every order, many times: the machine answers, and never has two replies.
    @Test func anyOrder() {
        let item: JSON = [
            "type": "message", "role": "user", "content": [["type": "input_text", "text": "Hello?"]],
        ]
        let events: [JSON] = [
            ["type": "input_audio_buffer.append", "audio": RealtimeScript.second],
            ["type": "input_audio_buffer.commit"],
            ["type": "input_audio_buffer.clear"], ["type": "response.create"], ["type": "response.cancel"],
            ["type": "conversation.item.create", "item": item],
            ["type": "session.update", "session": ["audio": ["input": ["turn_detection": nil]]]],
            ["type": "session.update", "session": ["audio": ["input": ["turn_detection": ["type": "server_vad"]]]]],
            ["type": "conversation.item.truncate", "item_id": "item_t_2", "content_index": 0, "audio_end_ms": 1],
            ["type": "conversation.item.delete", "item_id": "item_t_3"],
        ]
        var random = Noise(seed: 15)
        var script = RealtimeScript()
        var (openCount, createdCount) = (0, 0)
        for step in 0..<4_000 {
            let types: [String] =
                switch Int.random(in: 0..<16, using: &random) {
                case 10: script.speechStarted(milliseconds: 1)
                case 11: script.turnEnded(milliseconds: 2)
                case 12: script.speechDropped(milliseconds: 3)
                case 13: script.finish()
                case 14: script.reply(.text("word "))
                case 15: script.hear(.replyFailed(script.reply, APIError.draining))
                case let index: script.tell(events[index])
                }
            createdCount += types.count { $0 == "response.created" }
            openCount += types.count { $0 == "response.created" } - types.count { $0 == "response.done" }
            #expect(
                (0...1).contains(openCount) && (openCount == 1) == (script.machine.response != nil), "step \(step)")
        }
        #expect(createdCount > 100)
    }
}
