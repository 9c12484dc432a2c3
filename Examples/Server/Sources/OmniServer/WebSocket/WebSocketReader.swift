import NIOCore

/// Reads the frames that a client sends (RFC 6455, 5) and puts messages together, from bytes in pieces of any size.
/// Pure.
///
/// The bytes of a message are unmasked where they are kept, once each, however many fragments they come in.
struct WebSocketReader {
    /// What a frame brought.
    enum Event: Hashable, Sendable {
        /// A part of a message.
        case fragment
        /// A whole message; whether it is UTF-8 was not looked at.
        case text([UInt8])
        case binary(byteCount: Int)
        case ping([UInt8])
        case pong
        /// The status, if there is one.
        case close(UInt16?)
    }

    struct Limits: Sendable, Hashable {
        /// Bytes of a message.
        var messageByteCount = 8 << 20
        /// Frames of a message.
        var fragmentCount = 4096
    }

    /// What a client may not send: the connection ends.
    struct Violation: Error, Hashable {
        /// The status of RFC 6455, 7.4.
        let code: UInt16
        let reason: String

        static func frame(_ reason: String) -> Violation { Violation(code: 1002, reason: reason) }
    }

    private enum Opcode: UInt8 {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    private struct Frame {
        let opcode: Opcode
        let isFinal: Bool
        let key: SIMD4<UInt8>
        let byteCount: Int
        /// Bytes of it that came.
        var place = 0
    }

    private let limits: Limits
    /// Bytes of a frame's head that is not complete.
    private var head: [UInt8] = []
    private var frame: Frame?
    /// The message that is being put together: its first frame's kind, and its frames so far.
    private var message: (opcode: Opcode, fragmentCount: Int)?
    private var data: [UInt8] = []
    private var control: [UInt8] = []

    init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Reads up to the end of a frame.
    ///
    /// - Parameter bytes: what came; what was read is taken from it.
    /// - Returns: `nil` when more bytes must come first.
    mutating func read(_ bytes: inout ByteBuffer) throws(Violation) -> Event? {
        if frame == nil {
            guard try readHead(&bytes) else { return nil }
        }
        guard var frame else { return nil }
        let count = min(frame.byteCount - frame.place, bytes.readableBytes)
        if let piece = bytes.readSlice(length: count) {
            if frame.opcode.isControl {
                Self.append(piece, to: &control, frame)
            } else if frame.opcode == .binary || message?.opcode == .binary {
                // Nothing is made of it.
            } else {
                Self.append(piece, to: &data, frame)
            }
        }
        frame.place += count
        self.frame = frame
        guard frame.place == frame.byteCount else { return nil }
        self.frame = nil
        return try end(frame)
    }

    private static func append(_ piece: ByteBuffer, to bytes: inout [UInt8], _ frame: Frame) {
        let start = bytes.count
        bytes.append(contentsOf: piece.readableBytesView)
        let place = frame.place
        for index in start..<bytes.count { bytes[index] ^= frame.key[(index - start + place) & 3] }
    }

    // MARK: Heads

    /// - Returns: whether the head is complete.
    private mutating func readHead(_ bytes: inout ByteBuffer) throws(Violation) -> Bool {
        while head.count < headByteCount {
            guard let byte = bytes.readInteger(as: UInt8.self) else { return false }
            head.append(byte)
            if head.count <= 2 { try checkHead() }
        }
        frame = try makeFrame()
        head.removeAll(keepingCapacity: true)
        return true
    }

    /// Bytes of the head, as far as that is known.
    private var headByteCount: Int {
        guard head.count >= 2 else { return 2 }
        return switch head[1] & 0x7F {
        case 126: 2 + 2 + 4
        case 127: 2 + 8 + 4
        default: 2 + 4
        }
    }

    private func checkHead() throws(Violation) {
        guard head[0] & 0x70 == 0 else { throw .frame("reserved bits are set") }
        guard let opcode = Opcode(rawValue: head[0] & 0x0F) else { throw .frame("a frame of no known kind") }
        if opcode.isControl, head[0] & 0x80 == 0 { throw .frame("a control frame in fragments") }
        switch (opcode, message) {
        case (.continuation, nil): throw .frame("a continuation of nothing")
        case (.text, _?), (.binary, _?): throw .frame("a message in a message")
        default: break
        }
        guard head.count == 2 else { return }
        guard head[1] & 0x80 != 0 else { throw .frame("a frame without a mask") }
        if opcode.isControl, head[1] & 0x7F > 125 { throw .frame("a control frame of more than 125 bytes") }
    }

    private mutating func makeFrame() throws(Violation) -> Frame {
        guard let opcode = Opcode(rawValue: head[0] & 0x0F) else { throw .frame("a frame of no known kind") }
        let lengthBytes = head[2..<(head.count - 4)]
        let long = lengthBytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let length = lengthBytes.isEmpty ? UInt64(head[1] & 0x7F) : long
        switch lengthBytes.count {
        case 2 where length < 126, 8 where length < 65_536 || length >> 63 != 0:
            throw .frame("a length that is not written in the shortest form")
        default: break
        }
        let key = SIMD4(head[(head.count - 4)...])
        if !opcode.isControl {
            guard length <= UInt64(limits.messageByteCount), data.count + Int(length) <= limits.messageByteCount else {
                throw Violation(code: 1009, reason: "a message may have \(limits.messageByteCount) bytes")
            }
            message = (message?.opcode ?? opcode, (message?.fragmentCount ?? 0) + 1)
            guard (message?.fragmentCount ?? 0) <= limits.fragmentCount else {
                throw Violation(code: 1008, reason: "a message may have \(limits.fragmentCount) fragments")
            }
        }
        return Frame(opcode: opcode, isFinal: head[0] & 0x80 != 0, key: key, byteCount: Int(length))
    }

    // MARK: Ends

    private mutating func end(_ frame: Frame) throws(Violation) -> Event {
        guard frame.opcode.isControl else {
            guard frame.isFinal, let message else { return .fragment }
            self.message = nil
            defer { data = [] }
            return message.opcode == .binary ? .binary(byteCount: frame.byteCount) : .text(data)
        }
        defer { control = [] }
        switch frame.opcode {
        case .ping: return .ping(control)
        case .close: return .close(try status())
        default: return .pong
        }
    }

    /// The status of a close frame.
    private func status() throws(Violation) -> UInt16? {
        guard !control.isEmpty else { return nil }
        guard control.count >= 2 else { throw .frame("half a status") }
        let code = UInt16(control[0]) << 8 | UInt16(control[1])
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw .frame("a status that means nothing")
        }
        guard String(validating: control[2...], as: UTF8.self) != nil else {
            throw Violation(code: 1007, reason: "a reason is text in UTF-8")
        }
        return code
    }
}
