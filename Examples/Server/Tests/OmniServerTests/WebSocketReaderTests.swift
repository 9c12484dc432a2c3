import NIOCore
import OmniTesting
import Testing

@testable import OmniServer

/// Frames as a client sends them: right ones in pieces of any size, and wrong ones.
@Suite struct WebSocketReaderTests {
    /// A frame; its head can be spoilt.
    static func frame(
        _ opcode: UInt8, _ payload: [UInt8], final: Bool = true, key: [UInt8]? = [1, 2, 3, 250], reserved: UInt8 = 0,
        lengthByteCount: Int? = nil
    ) -> [UInt8] {
        let mask: UInt8 = key == nil ? 0 : 0x80
        var bytes = [(final ? 0x80 : 0) | reserved << 4 | opcode]
        let count = payload.count
        switch lengthByteCount ?? (count < 126 ? 0 : count < 65_536 ? 2 : 8) {
        case 0: bytes.append(mask | UInt8(count))
        case let width:
            bytes.append(mask | (width == 2 ? 126 : 127))
            bytes += (0..<width).reversed().map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        }
        guard let key else { return bytes + payload }
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
    }

    private func events(
        _ bytes: [UInt8], pieces: Int = .max, limits: WebSocketReader.Limits = .init()
    ) throws -> [WebSocketReader.Event] {
        var reader = WebSocketReader(limits)
        var events: [WebSocketReader.Event] = []
        for start in stride(from: 0, to: bytes.count, by: min(pieces, max(bytes.count, 1))) {
            var buffer = ByteBuffer(bytes: bytes[start...].prefix(pieces))
            while let event = try reader.read(&buffer) { events.append(event) }
        }
        return events
    }

    @Test(arguments: [1, 2, 3, 7, 1000, .max]) func piecesOfAnySize(pieces: Int) throws {
        let long = Array(repeating: UInt8(ascii: "x"), count: 70_000)
        let bytes =
            Self.frame(1, Array("Hel".utf8), final: false) + Self.frame(9, [7]) + Self.frame(0, [], final: false)
            + Self.frame(0, Array("lo".utf8)) + Self.frame(1, Array(long.prefix(200))) + Self.frame(1, long)
            + Self.frame(2, [1, 2, 3]) + Self.frame(1, []) + Self.frame(10, [])
            + Self.frame(8, [3, 232] + Array("bye".utf8))
            + Self.frame(8, [])
        #expect(
            try events(bytes, pieces: pieces) == [
                .fragment, .ping([7]), .fragment, .text(Array("Hello".utf8)), .text(Array(long.prefix(200))),
                .text(long),
                .binary(byteCount: 3), .text([]), .pong, .close(1000), .close(nil),
            ])
    }

    @Test(arguments: [
        frame(1, [65], key: nil), frame(1, [65], reserved: 4), frame(1, [65], reserved: 1), frame(3, []), frame(11, []),
        frame(9, [], final: false), frame(9, Array(repeating: 0, count: 126)), frame(0, [65]),
        frame(1, [65], final: false) + frame(1, [65]), frame(1, [65], final: false) + frame(2, [65]),
        frame(1, [65], lengthByteCount: 2), frame(1, Array(repeating: 65, count: 200), lengthByteCount: 8),
        [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], frame(8, [3]), frame(8, [0, 5]), frame(8, [3, 237]),
    ])
    func wrongFrames(bytes: [UInt8]) {
        #expect { try events(bytes) } throws: { ($0 as? WebSocketReader.Violation)?.code == 1002 }
    }

    @Test func wrongReason() {
        #expect { try events(Self.frame(8, [3, 232, 0xFF])) } throws: {
            ($0 as? WebSocketReader.Violation)?.code == 1007
        }
    }

    /// What is too long is refused before it comes.
    @Test func tooLong() throws {
        let limits = WebSocketReader.Limits(messageByteCount: 1000, fragmentCount: 3)
        let head = Array(Self.frame(1, Array(repeating: 65, count: 1001)).prefix(8))
        #expect { try events(head, limits: limits) } throws: { ($0 as? WebSocketReader.Violation)?.code == 1009 }
        let half = Array(repeating: UInt8(65), count: 600)
        #expect { try events(Self.frame(1, half, final: false) + Self.frame(0, half), limits: limits) } throws: {
            ($0 as? WebSocketReader.Violation)?.code == 1009
        }
        let fragment = Self.frame(0, [], final: false)
        let two = Self.frame(1, [], final: false) + fragment
        #expect(try events(two + Self.frame(0, [65]), limits: limits) == [.fragment, .fragment, .text([65])])
        #expect { try events(two + fragment + fragment, limits: limits) } throws: {
            ($0 as? WebSocketReader.Violation)?.code == 1008
        }
        // The next message has its own.
        let message = Self.frame(1, half)
        #expect(try events(message + message, limits: limits).count == 2)
    }

    /// Each byte is moved a bounded number of times, however many fragments there are.
    @Test func fragmentsCostWhatTheirBytesCost() throws {
        var reader = WebSocketReader()
        var first = ByteBuffer(bytes: Self.frame(1, Array(repeating: 65, count: 7 << 20), final: false))
        #expect(try reader.read(&first) == .fragment)
        let fragment = ByteBuffer(bytes: Self.frame(0, [65], final: false))
        var readCount = 0
        let time = try processorTime {
            for _ in 0..<4000 {
                var bytes = fragment
                if try reader.read(&bytes) == .fragment { readCount += 1 }
            }
        }
        #expect(readCount == 4000)
        // Copying the message each time moves 28 GB, which takes seconds.
        #expect(time < .seconds(1))
    }

    @Test func serverFrames() {
        let text = String(repeating: "a", count: 70_000)
        for (message, head) in [
            (OutboundQueue.Message.text("a"), [0x81, 1]), (.text(String(text.prefix(126))), [0x81, 126, 0, 126]),
            (.text(text), [0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]), (.ping, [0x89, 0]), (.pong([7]), [0x8A, 1, 7]),
            (.close(1000, "ok"), [0x88, 4, 3, 232]),
        ] as [(OutboundQueue.Message, [UInt8])] {
            #expect(Array(WebSocketFrames.bytes(message).readableBytesView.prefix(head.count)) == head)
        }
        #expect(WebSocketFrames.bytes(.close(1000, text)).readableBytes <= 127)
    }
}
