import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// Sockets as a small server needs them.
enum LoopbackSocket {
    struct Failure: Error {
        let code: Int32
    }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
        private static let sendFlags = Int32(MSG_NOSIGNAL)
    #else
        private static let stream = SOCK_STREAM
        private static let sendFlags: Int32 = 0
    #endif

    /// A socket that listens at a free port of 127.0.0.1.
    static func listen() throws -> (socket: Int32, port: UInt16) {
        let listener = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, length) == 0 && getsockname(listener, pointer, &length) == 0
            }
        }
        guard listener >= 0, isBound, starts(listener) else { throw Failure(code: errno) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// The next connection; `nil` when the listener was stopped.
    static func accept(_ listener: Int32) -> Int32? {
        while true {
            let connection = Foundation.accept(listener, nil, nil)
            if connection >= 0 { return connection }
            if errno != EINTR && errno != ECONNABORTED { return nil }
        }
    }

    static func stop(_ listener: Int32) {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    static func close(_ descriptor: Int32) { _ = Foundation.close(descriptor) }

    /// Path, query and headers, their names small.
    static func readRequest(_ connection: Int32) -> (path: String, query: String, headers: [String: String])? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let count = unsafe recv(connection, &piece, piece.count, 0)
            guard count > 0, bytes.count < 1 << 16 else { return nil }
            bytes += piece.prefix(count)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let address = lines[0].split(separator: " ")[1].split(separator: "?", maxSplits: 1)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        return (String(address[0]), address.count > 1 ? String(address[1]) : "", headers)
    }

    /// - Returns: whether the other side took it.
    static func send(_ bytes: ArraySlice<UInt8>, _ connection: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Foundation.send(connection, bytes.baseAddress, bytes.count, sendFlags)
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Until the other side closes.
    static func waitForEnd(_ connection: Int32) {
        var byte: UInt8 = 0
        while unsafe recv(connection, &byte, 1, 0) > 0 {}
    }

    private static func starts(_ listener: Int32) -> Bool { Foundation.listen(listener, 64) == 0 }
}
