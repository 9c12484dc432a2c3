import Foundation
import OmniCore
import OmniPipeline
import Testing

@testable import OmniServer

/// What is kept of recordings is bounded, however much their files hold.
@Suite struct UploadedAudioTests {
    private func wav(seconds: Double, sampleRate: Int) -> (bytes: [UInt8], audio: AudioChunk) {
        let samples = (0..<Int(seconds * Double(sampleRate))).map { Float($0 % 80) / 128 }
        let audio = AudioChunk(samples, sampleRate: sampleRate)
        return ([UInt8](WAVStreamHeader.bytes(sampleRate: sampleRate) + audio.pcm16), audio)
    }

    private func read(_ bytes: [UInt8], _ target: UploadedAudio.Target) throws -> UploadedAudio {
        try UploadedAudio(bytes, parameter: "file", for: target)
    }

    /// The beginning is the same whether what follows it is dropped or not.
    @Test func aRecordingIsKeptAsItIsHeard() throws {
        let (bytes, audio) = wav(seconds: 4.5, sampleRate: 48_000)
        let whole = try audio.resampled(to: 16_000)
        let kept = try read(bytes, UploadedAudio.Target(sampleRate: 16_000))
        #expect(kept.audio.sampleRate == 16_000 && kept.audio.samples.count == whole.samples.count)
        // 16-bit samples: half a step of rounding, which the filter can add up.
        #expect(zip(kept.audio.samples, whole.samples).allSatisfy { abs($0 - $1) < 1e-3 })
        #expect(kept.duration == .seconds(4.5) && kept.warnings.isEmpty)
        let cut = try read(bytes, UploadedAudio.Target(sampleRate: 16_000, maximumSampleCount: 20_000))
        #expect(cut.audio.samples == Array(kept.audio.samples.prefix(20_000)) && cut.duration == .seconds(4.5))
        #expect(cut.warnings == ["the question lasts 4.5 s; only the first 1.25 s are heard"])
    }

    @Test func roomIsBoundedAndGivenBack() throws {
        let room = UploadRoom(maximumSampleCount: 40_000)
        let target = UploadedAudio.Target(sampleRate: 16_000, room: room)
        // More than there is room for at its own rate.
        let (bytes, _) = wav(seconds: 2, sampleRate: 48_000)
        do {
            let first = try read(bytes, target)
            #expect(room.sampleCount == 32_000)
            #expect { try read(bytes, target) } throws: { error in
                guard let error = error as? APIError else { return false }
                return error.status == 503 && error.retryAfter != nil && error.parameter == nil
            }
            withExtendedLifetime(first) {}
        }
        #expect(room.sampleCount == 0)
        _ = try read(bytes, target)
    }

    /// A request holds its room for as long as it lives.
    @Test func requestsHoldTheirRoom() throws {
        let room = UploadRoom()
        let (bytes, _) = wav(seconds: 2, sampleRate: 16_000)
        do {
            let target = UploadedAudio.Target(maximumSampleCount: 16_000, room: room)
            let chat = try ChatRequest(["audio": .string(bytes.base64)], for: target)
            #expect(room.sampleCount == 16_000 && chat.question.audio.samples.count == 16_000)
        }
        #expect(room.sampleCount == 0)
    }

    /// The head of a FLAC file, and nothing behind it.
    private func flac(seconds: Int, sampleRate: Int) -> [UInt8] {
        let count = UInt64(seconds * sampleRate)
        let fields = UInt64(sampleRate) << 44 | 15 << 36 | count
        let head = Array("fLaC".utf8) + [0x80, 0, 0, 34, 16, 0, 16, 0, 0, 0, 0, 0, 0, 0]
        return head + stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: fields >> $0) }
            + [UInt8](repeating: 0, count: 16)
    }

    @Test func whatTheHeadSaysIsNotDecoded() throws {
        let head = try #require(FLACHead(flac(seconds: 601, sampleRate: 96_000)))
        #expect(head.duration == .seconds(601) && head.sampleRate == 96_000)
        for (bytes, maximum) in [
            (flac(seconds: 601, sampleRate: 16_000), Duration.seconds(600)),
            // More samples than are decoded, whatever their rate is.
            (flac(seconds: 400, sampleRate: 192_000), nil),
        ] {
            #expect { try read(bytes, UploadedAudio.Target(maximumDuration: maximum)) } throws: { error in
                let error = error as? APIError
                return error?.status == 400 && error?.code == "audio_too_long" && error?.parameter == "file"
            }
        }
        let others: [[UInt8]] = [
            [], flac(seconds: 0, sampleRate: 16_000), Array(flac(seconds: 1, sampleRate: 16_000).prefix(25)),
            wav(seconds: 1, sampleRate: 16_000).bytes,
        ]
        for bytes in others { #expect(FLACHead(bytes) == nil) }
    }

    @Test func piecesCoverARecording() {
        let audio = AudioChunk((0..<100_000).map { Float($0 % 7) }, sampleRate: 1000)
        let pieces = AudioPieces.cut(audio, maximumSampleCount: 30_000)
        #expect(pieces.first?.lowerBound == 0 && pieces.last?.upperBound == 100_000)
        #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(pieces.allSatisfy { 1...30_000 ~= $0.count })
        #expect(audio[5..<7] == AudioChunk([5, 6], sampleRate: 1000))
    }
}
