import NIOCore

/// The frames that a server sends (RFC 6455, 5): whole, without a mask.
enum WebSocketFrames {
    static func bytes(_ message: OutboundQueue.Message) -> ByteBuffer {
        switch message {
        case .text(let text): frame(1, Array(text.utf8))
        case .ping: frame(9, [])
        case .pong(let payload): frame(10, payload)
        case .close(let code, let reason):
            // A reason has at most 123 bytes.
            frame(
                8, [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.excerpt(maximumByteCount: 80).utf8).prefix(123))
        }
    }

    private static func frame(_ opcode: UInt8, _ payload: [UInt8]) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(payload.count + 10)
        bytes.writeInteger(0x80 | opcode)
        switch payload.count {
        case ...125: bytes.writeInteger(UInt8(payload.count))
        case ...0xFFFF:
            bytes.writeInteger(UInt8(126))
            bytes.writeInteger(UInt16(payload.count))
        default:
            bytes.writeInteger(UInt8(127))
            bytes.writeInteger(UInt64(payload.count))
        }
        bytes.writeBytes(payload)
        return bytes
    }
}
