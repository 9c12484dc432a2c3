import OmniCore
import OmniPipeline
import Testing

@testable import OmniServer

/// Audio as clients send it: cut anywhere, in base64 of any line length.
@Suite struct RealtimeAudioTests {
    private static let bytes = (0..<48_000).map { UInt8(truncatingIfNeeded: $0 * 7919 >> 3) }

    /// What is committed when the bytes come in pieces of a size.
    private func committed(pieceSize: Int, format: JSON = ["type": "audio/pcm"]) -> AudioChunk? {
        var script = RealtimeScript(turns: false)
        script.update(["audio": ["input": ["format": format, "transcription": ["model": "whisper-1"]]]])
        for start in stride(from: 0, to: Self.bytes.count, by: pieceSize) {
            script.append(Array(Self.bytes[start..<min(start + pieceSize, Self.bytes.count)]))
        }
        script.tell(["type": "input_audio_buffer.commit"])
        return script.committed
    }

    @Test(arguments: [1, 3, 1_323, 4_801, 47_999])
    func bytesMayBeCutAnywhere(pieceSize: Int) throws {
        let whole = try #require(committed(pieceSize: 48_000))
        #expect(whole.samples == AudioFormat.pcm.decode(Self.bytes) && whole.samples.count == 24_000)
        #expect(committed(pieceSize: pieceSize) == whole)
    }

    @Test func bytesOfTelephonyAreSamples() {
        let audio = committed(pieceSize: 1_323, format: ["type": "audio/pcma"])
        #expect(audio?.samples == AudioFormat.pcma.decode(Self.bytes))
    }

    @Test func liveAudioMayBeCutAnywhere() {
        var script = RealtimeScript()
        for start in stride(from: 0, to: 48_000, by: 1_323) {
            script.append(Array(Self.bytes[start..<min(start + 1_323, 48_000)]))
        }
        #expect(script.pushed.flatMap(\.samples) == AudioFormat.pcm.decode(Self.bytes))
        // 661.5 samples at a time: no half millisecond is lost.
        #expect(script.machine.heardMilliseconds == 1_000)
    }

    /// Half a sample does not outlive what it belongs to.
    @Test(
        arguments: [
            ["type": "input_audio_buffer.commit"], ["type": "input_audio_buffer.clear"],
            ["type": "session.update", "session": ["audio": ["input": ["turn_detection": ["type": "server_vad"]]]]],
        ] as [JSON])
    func halfASampleIsForgotten(with event: JSON) {
        var script = RealtimeScript(turns: false)
        script.append(Self.bytes.prefix(9_601) + [])
        script.tell(event)
        script.update(["audio": ["input": ["turn_detection": nil, "transcription": ["model": "whisper-1"]]]])
        script.append(Self.bytes)
        script.tell(["type": "input_audio_buffer.commit"])
        #expect(script.committed?.samples == AudioFormat.pcm.decode(Self.bytes))
    }

    @Test func halfASampleIsNotOfAnotherFormat() {
        var script = RealtimeScript(turns: false)
        script.append([1])
        script.update(["audio": ["input": ["format": ["type": "audio/pcmu"], "transcription": ["model": "a"]]]])
        script.append(Self.bytes)
        script.tell(["type": "input_audio_buffer.commit"])
        #expect(script.committed?.samples == AudioFormat.pcmu.decode(Self.bytes))
    }

    @Test func base64MayHaveLines() throws {
        let text = Self.bytes.base64
        var lines = ""
        for (index, character) in text.enumerated() {
            lines.append(character)
            if index % 76 == 75 { lines += index % 152 == 75 ? "\r\n" : " \n\t" }
        }
        #expect([UInt8](base64: lines) == Self.bytes && [UInt8](base64: text) == Self.bytes)
        #expect([UInt8](base64: "\n") == [])
        for wrong in ["%", "AAA", "A-_A", "AA\u{A0}AA", "é"] { #expect([UInt8](base64: wrong) == nil) }
        var script = RealtimeScript(turns: false)
        #expect(script.tell(["type": "input_audio_buffer.append", "audio": .string(lines)]) == ["[push]"])
        #expect(script.tell(["type": "input_audio_buffer.append", "audio": "a%"]) == ["error invalid_base64"])
    }

    /// The client is told once that its audio is forgotten, after what was heard of it before.
    @Test func clearing() {
        var script = RealtimeScript()
        script.append(Self.bytes)
        _ = script.speechStarted(milliseconds: 200)
        #expect(script.tell(["type": "input_audio_buffer.clear"]) == ["input_audio_buffer.cleared"])
        #expect(script.speechDropped(milliseconds: 300) == [])
    }

    /// Other settings hold from now on; what was said is not lost.
    @Test(
        arguments: [
            ["silence_duration_ms": 400], ["threshold": 0.7], ["type": "semantic_vad"], ["idle_timeout_ms": 6_000],
            ["create_response": false],
        ] as [JSON])
    func otherRulesInTheMiddleOfSpeech(detection: JSON) {
        var script = RealtimeScript()
        script.append(Self.bytes)
        _ = script.speechStarted(milliseconds: 200)
        let item = script.events.last?["item_id"]
        #expect(script.update(["turn_detection": detection]) == ["session.updated"])
        #expect(script.machine.turns.clears.isEmpty)
        _ = script.turnEnded(milliseconds: 900)
        #expect(item != nil && script.events.first { $0.type.hasSuffix("committed") }?["item_id"] == item)
    }

    /// Where the other side is to end turns from now on, audio is forgotten, and the client is told if it knows of it.
    @Test func detectionIsSwitched() {
        var script = RealtimeScript()
        script.append(Self.bytes)
        _ = script.speechStarted(milliseconds: 200)
        let item = script.events.last?["item_id"]
        #expect(
            script.update(["turn_detection": nil])
                == ["session.updated", "input_audio_buffer.speech_stopped", "input_audio_buffer.cleared"])
        let stopped = script.events.first { $0.type.hasSuffix("speech_stopped") }
        #expect(item != nil && stopped?["item_id"] == item && stopped?["audio_end_ms"] == 1_000)
        #expect(script.speechDropped(milliseconds: 300) == [])
        script.append(Self.bytes)
        let on: JSON = ["turn_detection": ["type": "server_vad"]]
        #expect(script.update(on) == ["session.updated", "input_audio_buffer.cleared"])
        #expect(script.update(["turn_detection": nil]) == ["session.updated"])
        #expect(script.tell(["type": "input_audio_buffer.commit"]) == ["error input_audio_buffer_commit_empty"])
        #expect(script.update(on) == ["session.updated"])
    }

    @Test func aBinaryMessageIsAnError() {
        var script = RealtimeScript()
        #expect(script.take(script.machine.receiveBinary()) == ["error invalid_event"])
    }
}
