package main

import (
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
)

// environment is what a client needs to reach the simulator. The password is not in it.
type environment struct {
	URL              string `json:"url"`
	Server           string `json:"server"`
	User             string `json:"user"`
	CAFile           string `json:"ca_file"`
	Thumbprint       string `json:"thumbprint"`
	ThumbprintSHA256 string `json:"thumbprint_sha256"`
	InstanceUUID     string `json:"instance_uuid"`
	Version          string `json:"version"`
	PID              int    `json:"pid"`
	Control          string `json:"control"`
}

// announce writes the environment last and in one step: a reader that sees the file can connect.
func announce(server *simulator.Server, o options, site *inventory, token string) error {
	folder := os.TempDir()
	if o.env != "" {
		folder = filepath.Dir(o.env)
	}
	certificate := filepath.Join(folder, "simulator-ca.pem")
	if o.env != "" {
		certificate = o.env + ".pem"
	}
	block := pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	if err := os.WriteFile(certificate, pem.EncodeToMemory(&block), 0o600); err != nil {
		return err
	}
	info := server.CertificateInfo()
	public := *server.URL
	public.User = nil
	text, err := json.MarshalIndent(environment{
		URL:              public.String(),
		Server:           public.Host,
		User:             o.user,
		CAFile:           certificate,
		Thumbprint:       info.ThumbprintSHA1,
		ThumbprintSHA256: info.ThumbprintSHA256,
		InstanceUUID:     site.vcenter.InstanceUUID,
		Version:          o.version,
		PID:              os.Getpid(),
		Control:          token,
	}, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if o.env == "" {
		_, err = os.Stdout.Write(text)
		return err
	}
	if err := os.WriteFile(o.env+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(o.env+".new", o.env)
}

// withdraw removes the environment, so that nobody reads where a dead simulator was.
func withdraw(o options) {
	if o.env != "" {
		_ = os.Remove(o.env)
	}
}

// logRequests notes every HTTP request: a test can prove from it what a client did and did not do.
func logRequests(server *simulator.Server, path string) (func(), error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	var lock sync.Mutex
	encoder := json.NewEncoder(file)
	inner := server.Config.Handler
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		method := soapMethod(r)
		answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		inner.ServeHTTP(answer, r)
		lock.Lock()
		defer lock.Unlock()
		_ = encoder.Encode(map[string]any{
			"method": r.Method,
			"path":   r.URL.RequestURI(),
			"status": answer.status,
			"action": r.Header.Get("SOAPAction"),
			"soap":   method,
			"ms":     time.Since(started).Milliseconds(),
		})
	})
	return func() { _ = file.Close() }, nil
}

type statusWriter struct {
	http.ResponseWriter

	status int
}

// Unwrap lets a fault reach the connection below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
