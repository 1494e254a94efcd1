package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// methodHeader carries the SOAP method from the first part of the chain that read it to the others.
const methodHeader = "Simulator-Soap-Method"

// trouble is one fault of the network or of the server, as the control sets it.
type trouble struct {
	Kind   string            `json:"kind"`
	Verb   string            `json:"verb"`
	Path   string            `json:"path"`
	Soap   string            `json:"soap"`
	After  int               `json:"after"`
	Times  int               `json:"times"`
	Status int               `json:"status"`
	MS     int               `json:"ms"`
	Body   string            `json:"body"`
	Header map[string]string `json:"header"`

	seen int
}

// troubleKinds are: no answer at all; half of it; a late one; another status; a body that does not
// parse; a session that the server forgot.
var troubleKinds = []string{"reset", "cut", "slow", "status", "malformed", "expire"}

// wire stands before the server and makes the troubles; it also applies the gate.
type wire struct {
	inner  http.Handler
	gate   *gate
	filled func([]byte) []byte
	expire func(*http.Request)

	lock     sync.Mutex
	troubles []*trouble
}

// add puts a trouble in force and returns how to end it.
func (w *wire) add(made *trouble) func() {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.troubles = append(w.troubles, made)
	return func() {
		w.lock.Lock()
		defer w.lock.Unlock()
		for i, each := range w.troubles {
			if each == made {
				w.troubles = append(w.troubles[:i:i], w.troubles[i+1:]...)
				return
			}
		}
	}
}

// due is the first trouble that is meant for this request, and counts it.
func (w *wire) due(r *http.Request, method string) *trouble {
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, each := range w.troubles {
		if each.Verb != "" && each.Verb != r.Method || !strings.HasPrefix(r.URL.Path, each.Path) ||
			each.Soap != "" && each.Soap != method {
			continue
		}
		each.seen++
		if each.seen > each.After && (each.Times == 0 || each.seen <= each.After+each.Times) {
			return each
		}
	}
	return nil
}

func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if r.URL.Path == controlPath {
		w.inner.ServeHTTP(out, r)
		return
	}
	method := soapMethod(r)
	made := w.due(r, method)
	if made == nil {
		w.serve(out, r, method)
		return
	}
	switch made.Kind {
	case "reset":
		hangUp(out, nil)
	case "cut", "malformed":
		w.spoil(out, r, method, made)
	case "slow":
		select {
		case <-time.After(time.Duration(made.MS) * time.Millisecond):
			w.serve(out, r, method)
		case <-r.Context().Done():
		}
	case "expire":
		w.expire(r)
		w.serve(out, r, method)
	case "status":
		for name, value := range made.Header {
			out.Header().Set(name, value)
		}
		out.WriteHeader(made.Status)
		_, _ = io.WriteString(out, made.Body)
	}
}

// serve answers, through the gate where it has something to hide.
func (w *wire) serve(out http.ResponseWriter, r *http.Request, method string) {
	asksLacking := r.Header.Get(lackingHeader) != ""
	if method == "" || w.gate.idle() && !asksLacking {
		w.inner.ServeHTTP(out, r)
		return
	}
	answer := httptest.NewRecorder()
	w.inner.ServeHTTP(answer, r)
	body := answer.Body.Bytes()
	if asksLacking {
		body = w.filled(body)
	}
	forward(out, answer, w.gate.filter(method, body))
}

func forward(out http.ResponseWriter, answer *httptest.ResponseRecorder, body []byte) {
	for name, values := range answer.Header() {
		out.Header()[name] = values
	}
	out.Header().Set("Content-Length", strconv.Itoa(len(body)))
	out.WriteHeader(answer.Code)
	_, _ = out.Write(body)
}

// spoil gives half of the true answer: with the connection cut, or as if it were the whole.
func (w *wire) spoil(out http.ResponseWriter, r *http.Request, method string, made *trouble) {
	answer := httptest.NewRecorder()
	w.serve(answer, r, method)
	body := answer.Body.Bytes()
	half := body[:len(body)/2]
	if made.Kind == "malformed" {
		if made.Body != "" {
			half = []byte(made.Body)
		}
		forward(out, answer, half)
		return
	}
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ")
	head.WriteString(strconv.Itoa(len(body)) + "\r\n\r\n")
	head.Write(half)
	hangUp(out, head.Bytes())
}

// hangUp writes what it is given and resets the connection.
func hangUp(out http.ResponseWriter, last []byte) {
	connection, _, err := http.NewResponseController(out).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = connection.Write(last)
	if layered, ok := connection.(interface{ NetConn() net.Conn }); ok {
		if plain, ok := layered.NetConn().(*net.TCPConn); ok && last == nil {
			_ = plain.SetLinger(0)
			_ = plain.Close()
		}
	}
	_ = connection.Close()
}

var bodyStart = regexp.MustCompile(`<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)`)

// soapMethod reads the method's name from the body and puts the body back.
func soapMethod(r *http.Request) string {
	if r.Method != http.MethodPost || r.Header.Get("SOAPAction") == "" {
		return ""
	}
	if known := r.Header.Get(methodHeader); known != "" {
		return known
	}
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return ""
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	found := bodyStart.FindSubmatch(sent)
	if found == nil {
		return ""
	}
	r.Header.Set(methodHeader, string(found[1]))
	if bytes.Contains(sent, []byte(lackingProperty)) {
		r.Header.Set(lackingHeader, lackingProperty)
	}
	return string(found[1])
}
